/* SPDX-License-Identifier: MIT
 *
 * things.h - what the host has that a probe is after: a victim process, listening sockets, a shared
 * memory segment, a terminal. All of it is the test's own.
 */
#ifndef ESCAPE_THINGS_H
#define ESCAPE_THINGS_H

#include <stdbool.h>
#include <sys/types.h>

struct things {
    pid_t victim;
    char secret[160], victim_text[16], abstract[64], port[16], shm_text[16];
    int abstract_fd, tcp_fd, shm;
    int master, slave; /* a terminal */
};

/* Sets all up; 0, or -1 with errno. */
int things_make(struct things *things);

/* The victim of the last try may be dead. 0, or -1 with errno. */
int things_renew_victim(struct things *things);
bool things_victim_lives(const struct things *things);

void things_end(struct things *things);

/* For attack.before: each runs in the process that becomes the command, with the things as data. */
void before_terminal(void *things);    /* leads a session at the terminal */
void before_leak(void *things);        /* leaves fds open over exec */
void before_fifo(void *things);        /* has a named pipe in its folder, for all to write */
void before_lend_socket(void *things); /* its stdin is a TCP socket that is not connected */
void before_keyring(void *things);     /* has keys in its session's and its user's keyring */
void before_plain_user(void *things);  /* root becomes an ordinary user */
void before_hidden(void *things);      /* makes the folder "jail", with a file to hide */

#endif
