# The runtime that `ipclab cc` links (app/hook/runtime.h): hook/libtsan.a and libtsan_preinit.o in the
# build tree, installed below $(pkglibdir). Compiled as it is, whatever CFLAGS says: never sanitized,
# no builtin turned into a call of the very function that it stands in for, no -g: its frames are
# not the program's own.
HOOK_CFLAGS = -std=gnu17 -Wall -Wextra $(filter -Werror,$(OUR_CFLAGS)) -O2 -fPIC -mcx16 \
	-fno-builtin -fno-lto -fno-stack-protector -U_FORTIFY_SOURCE -D_GNU_SOURCE -I$(top_srcdir)/app
hook_names = access atomic explore map memory print pthread ranges sem start string thread
hook_objects = $(hook_names:%=hook/%.o)
hook_headers = app/hook/protocol.h app/hook/runtime.h app/hook/operation.h app/hook/real.def
hookdir = $(pkglibdir)/hook
hook_DATA = hook/libtsan.a hook/libtsan_preinit.o
EXTRA_DIST += $(hook_headers) $(hook_names:%=app/hook/%.c) app/hook/preinit.c
CLEANFILES += $(hook_objects) $(hook_DATA)

$(hook_objects): hook/%.o: app/hook/%.c $(hook_headers)
	$(AM_V_CC)$(MKDIR_P) hook && $(CC) $(HOOK_CFLAGS) -c -o $@ $<
hook/libtsan_preinit.o: app/hook/preinit.c
	$(AM_V_CC)$(MKDIR_P) hook && $(CC) $(HOOK_CFLAGS) -c -o $@ $<
# One member, so that whoever asks for anything gets all of it.
hook/libtsan.a: $(hook_objects)
	$(AM_V_AR)$(CC) -nostdlib -r -o hook/runtime.o $(hook_objects) && rm -f $@ && \
		$(AR) $(ARFLAGS) $@ hook/runtime.o && rm -f hook/runtime.o

# Of ipclab itself: has a file our hooks?
libipclab_a_SOURCES += app/hook/elf.h app/hook/elf.c app/hook/protocol.h
