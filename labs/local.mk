# A lab: its files in lab_files (installed below $(datadir)/ipclab), its programs in lab_programs
# (installed below $(libexecdir)/ipclab) with their sources and `$(lab_build) SOURCES`.

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
