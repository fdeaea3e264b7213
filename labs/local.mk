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
	labs/01-pipe/sigpipe.c labs/01-pipe/slide.c labs/01-pipe/threads.c labs/01-pipe/two_writers.c labs/01-pipe/unseen.c
pipe_programs = labs/01-pipe/copy labs/01-pipe/forgot labs/01-pipe/full labs/01-pipe/merge \
	labs/01-pipe/sigpipe labs/01-pipe/slide labs/01-pipe/two_writers \
	labs/01-pipe/threads labs/01-pipe/unseen
lab_programs += $(pipe_programs)
$(pipe_programs): %: $(srcdir)/%.c
	$(lab_build) $(@F).c

lab_files += \
	labs/07-bounded-buffer/lab.md \
	labs/07-bounded-buffer/ring.h \
	labs/07-bounded-buffer/main.c \
	labs/07-bounded-buffer/producer.c \
	labs/07-bounded-buffer/consumer.c \
	labs/07-bounded-buffer/ten.c \
	labs/07-bounded-buffer/swapped.c \
	labs/07-bounded-buffer/many.c \
	labs/07-bounded-buffer/blocking.c \
	labs/07-bounded-buffer/plain.c \
	labs/07-bounded-buffer/atomic.c \
	labs/07-bounded-buffer/sizes.c \
	labs/07-bounded-buffer/unseen.c
hooked_programs += labs/07-bounded-buffer/ring labs/07-bounded-buffer/many
labs/07-bounded-buffer/ring: $(srcdir)/labs/07-bounded-buffer/main.c \
		$(srcdir)/labs/07-bounded-buffer/producer.c $(srcdir)/labs/07-bounded-buffer/consumer.c \
		$(srcdir)/labs/07-bounded-buffer/ring.h
	$(hooked_build) main.c producer.c consumer.c
labs/07-bounded-buffer/many: $(srcdir)/labs/07-bounded-buffer/many.c \
		$(srcdir)/labs/07-bounded-buffer/consumer.c $(srcdir)/labs/07-bounded-buffer/ring.h
	$(hooked_build) many.c consumer.c
ring_programs = labs/07-bounded-buffer/ten labs/07-bounded-buffer/swapped labs/07-bounded-buffer/blocking \
	labs/07-bounded-buffer/plain labs/07-bounded-buffer/atomic labs/07-bounded-buffer/sizes \
	labs/07-bounded-buffer/unseen
hooked_programs += $(ring_programs)
$(ring_programs): %: $(srcdir)/%.c $(srcdir)/labs/07-bounded-buffer/ring.h
	$(hooked_build) $(@F).c
# The same loops as the compiler makes them when it is told to be quick, without hooks; and what it made.
ring_fast = labs/07-bounded-buffer/plain_o2 labs/07-bounded-buffer/atomic_o2
lab_programs += $(ring_fast)
$(ring_fast): %_o2: $(srcdir)/%.c $(srcdir)/labs/07-bounded-buffer/ring.h
	$(fast_build) $(*F).c
lab_listings += labs/07-bounded-buffer/plain-O0.s labs/07-bounded-buffer/plain-O2.s \
	labs/07-bounded-buffer/atomic-O2.s
labs/07-bounded-buffer/plain-O0.s: $(srcdir)/labs/07-bounded-buffer/plain.c
	$(listing_build) -O0 plain.c
labs/07-bounded-buffer/plain-O2.s: $(srcdir)/labs/07-bounded-buffer/plain.c
	$(listing_build) -O2 plain.c
labs/07-bounded-buffer/atomic-O2.s: $(srcdir)/labs/07-bounded-buffer/atomic.c
	$(listing_build) -O2 atomic.c

# 08, two sittings: race, semaphores
race_programs = labs/08-race/counter labs/08-race/check labs/08-race/half labs/08-race/locked \
	labs/08-race/pieces labs/08-race/unseen
lab_files += labs/08-race/lab.md labs/08-race/locked.h $(race_programs:=.c)
hooked_programs += $(race_programs)
$(race_programs): %: $(srcdir)/%.c $(srcdir)/labs/08-race/locked.h
	$(hooked_build) $(@F).c
semaphore_programs = labs/08-semaphores/order labs/08-semaphores/own labs/08-semaphores/lock \
	labs/08-semaphores/slots labs/08-semaphores/crowd labs/08-semaphores/wrong \
	labs/08-semaphores/opposite labs/08-semaphores/unseen
lab_files += labs/08-semaphores/lab.md labs/08-semaphores/shared.h labs/08-semaphores/slots.h \
	$(semaphore_programs:=.c)
hooked_programs += $(semaphore_programs)
$(semaphore_programs): %: $(srcdir)/%.c $(srcdir)/labs/08-semaphores/shared.h $(srcdir)/labs/08-semaphores/slots.h
	$(hooked_build) $(@F).c

# 06
cooperate_programs = labs/06-cooperate/apart labs/06-cooperate/modules labs/06-cooperate/by_pipe \
	labs/06-cooperate/unseen
cooperate_hooked = labs/06-cooperate/together labs/06-cooperate/workers labs/06-cooperate/typing \
	labs/06-cooperate/addresses
lab_files += labs/06-cooperate/lab.md labs/06-cooperate/page.h labs/06-cooperate/by_ring.c \
	$(cooperate_programs:=.c) $(cooperate_hooked:=.c)
lab_programs += $(cooperate_programs) labs/06-cooperate/by_ring
$(cooperate_programs): %: $(srcdir)/%.c
	$(lab_build) $(@F).c
# Nobody steps its loads and stores: it is compiled to be quick.
labs/06-cooperate/by_ring: $(srcdir)/labs/06-cooperate/by_ring.c $(srcdir)/labs/06-cooperate/page.h
	$(fast_build) by_ring.c
hooked_programs += $(cooperate_hooked)
$(cooperate_hooked): %: $(srcdir)/%.c $(srcdir)/labs/06-cooperate/page.h
	$(hooked_build) $(@F).c

# 09
shm_pairs = labs/09-posix-shm/pair labs/09-posix-shm/stays labs/09-posix-shm/ready
shm_programs = labs/09-posix-shm/early labs/09-posix-shm/mode labs/09-posix-shm/null labs/09-posix-shm/unseen
lab_files += labs/09-posix-shm/lab.md labs/09-posix-shm/message.h labs/09-posix-shm/main.c \
	labs/09-posix-shm/producer.c labs/09-posix-shm/consumer.c labs/09-posix-shm/stays.c \
	labs/09-posix-shm/ready.c $(shm_programs:=.c)
hooked_programs += $(shm_pairs) $(shm_programs)
labs/09-posix-shm/pair: $(srcdir)/labs/09-posix-shm/main.c
labs/09-posix-shm/stays: $(srcdir)/labs/09-posix-shm/stays.c
labs/09-posix-shm/ready: $(srcdir)/labs/09-posix-shm/ready.c
$(shm_pairs): $(srcdir)/labs/09-posix-shm/producer.c $(srcdir)/labs/09-posix-shm/consumer.c \
		$(srcdir)/labs/09-posix-shm/message.h
	$(hooked_build) $(if $(filter %/pair,$@),main.c,$(@F).c) producer.c consumer.c
$(shm_programs): %: $(srcdir)/%.c $(srcdir)/labs/09-posix-shm/message.h
	$(hooked_build) $(@F).c

# 10
mapped_programs = labs/10-mapped-file/six labs/10-mapped-file/pages labs/10-mapped-file/own labs/10-mapped-file/twin
mapped_hooked = labs/10-mapped-file/both labs/10-mapped-file/grow labs/10-mapped-file/lock \
	labs/10-mapped-file/robust labs/10-mapped-file/unseen
lab_files += labs/10-mapped-file/lab.md labs/10-mapped-file/file.h $(mapped_programs:=.c) $(mapped_hooked:=.c)
lab_programs += $(mapped_programs)
$(mapped_programs): %: $(srcdir)/%.c $(srcdir)/labs/10-mapped-file/file.h
	$(lab_build) $(@F).c
hooked_programs += $(mapped_hooked)
$(mapped_hooked): %: $(srcdir)/%.c $(srcdir)/labs/10-mapped-file/file.h
	$(hooked_build) $(@F).c

# 11
unix_programs = labs/11-unix-sockets/edges labs/11-unix-sockets/triples labs/11-unix-sockets/pair labs/11-unix-sockets/half \
	labs/11-unix-sockets/pass labs/11-unix-sockets/name labs/11-unix-sockets/stale labs/11-unix-sockets/unseen
lab_files += labs/11-unix-sockets/lab.md labs/11-unix-sockets/rights.h $(unix_programs:=.c)
lab_programs += $(unix_programs)
$(unix_programs): %: $(srcdir)/%.c $(srcdir)/labs/11-unix-sockets/rights.h
	$(lab_build) $(@F).c

# 02 to 05
redirect_programs = labs/02-redirect/redirect labs/02-redirect/swapped labs/02-redirect/order \
	labs/02-redirect/exec labs/02-redirect/inherit labs/02-redirect/old labs/02-redirect/shell \
	labs/02-redirect/unseen
lab_files += labs/02-redirect/lab.md $(redirect_programs:=.c)
lab_programs += $(redirect_programs)
$(redirect_programs): %: $(srcdir)/%.c
	$(lab_build) $(@F).c

popen_programs = labs/03-popen/hello labs/03-popen/five labs/03-popen/greet labs/03-popen/buffered \
	labs/03-popen/missing labs/03-popen/both labs/03-popen/ended labs/03-popen/gone labs/03-popen/unseen
lab_files += labs/03-popen/lab.md $(popen_programs:=.c)
lab_programs += $(popen_programs)
$(popen_programs): %: $(srcdir)/%.c
	$(lab_build) $(@F).c

fifo_programs = labs/04-fifo/meet labs/04-fifo/say labs/04-fifo/hear labs/04-fifo/lost labs/04-fifo/talk \
	labs/04-fifo/readers labs/04-fifo/lines labs/04-fifo/open labs/04-fifo/clients labs/04-fifo/server \
	labs/04-fifo/unseen
lab_files += labs/04-fifo/lab.md $(fifo_programs:=.c)
lab_programs += $(fifo_programs)
$(fifo_programs): %: $(srcdir)/%.c
	$(lab_build) $(@F).c

two_way_programs = labs/05-two-way/two labs/05-two-way/ended labs/05-two-way/coprocess labs/05-two-way/pair \
	labs/05-two-way/eager labs/05-two-way/unseen
lab_files += labs/05-two-way/lab.md $(two_way_programs:=.c)
lab_programs += $(two_way_programs)
$(two_way_programs): %: $(srcdir)/%.c
	$(lab_build) $(@F).c

# 16
tcp_programs = labs/16-tcp/meet labs/16-tcp/backlog labs/16-tcp/seams labs/16-tcp/long labs/16-tcp/lost \
	labs/16-tcp/low labs/16-tcp/server labs/16-tcp/date labs/16-tcp/peer labs/16-tcp/unseen
lab_files += labs/16-tcp/lab.md labs/16-tcp/tcp.h labs/16-tcp/upper.h labs/16-tcp/client.py \
	labs/16-tcp/DateClient.java labs/16-tcp/DateServer.java $(tcp_programs:=.c)
lab_programs += $(tcp_programs)
$(tcp_programs): %: $(srcdir)/%.c $(srcdir)/labs/16-tcp/tcp.h $(srcdir)/labs/16-tcp/upper.h
	$(lab_build) $(@F).c

# 18, two sittings
rpc_programs = labs/18-rpc/call labs/18-rpc/raw labs/18-rpc/match labs/18-rpc/real labs/18-rpc/patient labs/18-rpc/binder \
	labs/18-rpc/unseen
rpc_failing = labs/18-rpc-failures/lossy labs/18-rpc-failures/ledger
lab_files += labs/18-rpc/lab.md labs/18-rpc/rpc.h labs/18-rpc/bank.h labs/18-rpc/bank.x \
	labs/18-rpc/matchmaker.h labs/18-rpc/private.h labs/18-rpc/rights.h $(rpc_programs:=.c) \
	labs/18-rpc-failures/lab.md $(rpc_failing:=.c)
lab_programs += $(rpc_programs) $(rpc_failing)
$(rpc_programs) $(rpc_failing): %: $(srcdir)/%.c $(srcdir)/labs/18-rpc/rpc.h $(srcdir)/labs/18-rpc/bank.h \
		$(srcdir)/labs/18-rpc/matchmaker.h $(srcdir)/labs/18-rpc/private.h $(srcdir)/labs/18-rpc/rights.h
	$(lab_build) $(TIRPC_CFLAGS) $(@F).c $(TIRPC_LIBS)

# 12
box_programs = labs/12-mailboxes/slide labs/12-mailboxes/who labs/12-mailboxes/direct labs/12-mailboxes/size \
	labs/12-mailboxes/stream labs/12-mailboxes/priority labs/12-mailboxes/stays labs/12-mailboxes/two \
	labs/12-mailboxes/told labs/12-mailboxes/unseen
lab_files += labs/12-mailboxes/lab.md labs/12-mailboxes/mailbox.h labs/12-mailboxes/one.c $(box_programs:=.c)
lab_programs += $(box_programs)
$(box_programs): %: $(srcdir)/%.c $(srcdir)/labs/12-mailboxes/mailbox.h
	$(lab_build) $(@F).c
hooked_programs += labs/12-mailboxes/one
labs/12-mailboxes/one: $(srcdir)/labs/12-mailboxes/one.c $(srcdir)/labs/12-mailboxes/mailbox.h
	$(hooked_build) one.c

# 13
sync_programs = labs/13-synchronisation/four labs/13-synchronisation/ahead labs/13-synchronisation/empty \
	labs/13-synchronisation/large labs/13-synchronisation/drops labs/13-synchronisation/endless labs/13-synchronisation/unseen
lab_files += labs/13-synchronisation/lab.md labs/13-synchronisation/box.h labs/13-synchronisation/meet.c \
	$(sync_programs:=.c)
lab_programs += $(sync_programs)
$(sync_programs): %: $(srcdir)/%.c $(srcdir)/labs/13-synchronisation/box.h
	$(lab_build) $(@F).c
hooked_programs += labs/13-synchronisation/meet
labs/13-synchronisation/meet: $(srcdir)/labs/13-synchronisation/meet.c
	$(hooked_build) meet.c

# 17
udp_programs = labs/17-udp/two labs/17-udp/wire labs/17-udp/dead labs/17-udp/flood labs/17-udp/group labs/17-udp/unseen
lab_files += labs/17-udp/lab.md labs/17-udp/udp.h labs/17-udp/Group.java $(udp_programs:=.c)
lab_programs += $(udp_programs)
$(udp_programs): %: $(srcdir)/%.c $(srcdir)/labs/17-udp/udp.h
	$(lab_build) $(@F).c

# 14, 15
mach_programs = labs/14-mach/slide labs/14-mach/rights labs/14-mach/full labs/14-mach/unseen
lab_files += labs/14-mach/lab.md labs/14-mach/mach_emul.h $(mach_programs:=.c)
lab_programs += $(mach_programs)
$(mach_programs): %: $(srcdir)/%.c $(srcdir)/labs/14-mach/mach_emul.h
	$(lab_build) $(@F).c
lpc_programs = labs/15-lpc/lpc labs/15-lpc/careless labs/15-lpc/unseen
lab_files += labs/15-lpc/lab.md labs/15-lpc/lpc.h $(lpc_programs:=.c)
lab_programs += $(lpc_programs)
$(lpc_programs): %: $(srcdir)/%.c $(srcdir)/labs/15-lpc/lpc.h
	$(lab_build) $(@F).c
