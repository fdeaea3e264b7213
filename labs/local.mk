# A lab: its files in lab_files (installed below $(datadir)/ipclab), its programs in lab_programs
# (installed below $(libexecdir)/ipclab) with their sources and `$(lab_build) SOURCES`. A program whose accesses
# to shared memory are to be stepped: in hooked_programs, with `$(hooked_build) SOURCES`.

lab_files += \
	labs/01-pipe/lab.md \
	labs/01-pipe/consumer.c \
	labs/01-pipe/main.c \
	labs/01-pipe/pipe.h \
	labs/01-pipe/producer.c
lab_programs += labs/01-pipe/pipe
labs/01-pipe/pipe: $(srcdir)/labs/01-pipe/main.c $(srcdir)/labs/01-pipe/producer.c \
		$(srcdir)/labs/01-pipe/consumer.c $(srcdir)/labs/01-pipe/pipe.h
	$(lab_build) main.c producer.c consumer.c

lab_files += labs/misconceptions.yaml
lab_files += labs/01-pipe/copy.c labs/01-pipe/forgot.c labs/01-pipe/full.c labs/01-pipe/merge.c \
	labs/01-pipe/sigpipe.c labs/01-pipe/slide.c labs/01-pipe/two_writers.c labs/01-pipe/unseen.c
pipe_programs = labs/01-pipe/copy labs/01-pipe/forgot labs/01-pipe/full labs/01-pipe/merge \
	labs/01-pipe/sigpipe labs/01-pipe/slide labs/01-pipe/two_writers labs/01-pipe/unseen
lab_programs += $(pipe_programs)
$(pipe_programs): %: $(srcdir)/%.c
	$(lab_build) $(@F).c
