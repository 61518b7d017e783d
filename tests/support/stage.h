/* SPDX-License-Identifier: MIT
 *
 * stage.h - where a live or escape test runs, and as whom.
 *
 * A test program is started as `NAME user|root [ARG...]`. Before its body runs, a staging folder
 * below /tmp gets copies of the command, the profiles and the payloads, so that an ordinary user
 * reaches them wherever the source tree is. In the `user` variant a process that was started by
 * root then becomes an ordinary user for good. A second process stays outside: it looks for what
 * was left behind, and removes the folder.
 */
#ifndef SUPPORT_STAGE_H
#define SUPPORT_STAGE_H

#include <stdbool.h>
#include <sys/types.h>

enum {
    STAGE_SKIP = 77,  /* exit status of a test that can't run here; ctest knows it */
    STAGE_UID = 12345 /* the ordinary user */
};

struct stage {
    char root[64];     /* the folder; its name is unique, and so a mark in each command line */
    char sandbox[128]; /* the command */
    char payloads[128];
    char home[128]; /* a home folder, with a file named "secret" */
    char work[128]; /* writable for the user; the working directory of the body */
    bool as_root;   /* the variant */
    bool from_root; /* root started the test, whatever the variant is */
};

/* The one stage of this process; valid while the body runs. */
const struct stage *stage(void);

/* What a test does. Returns an exit status. */
typedef int stage_body(int argc, char **argv);

/* A test program's main(): sets the stage, runs `before` (NULL is allowed) with the rights that the
 * test was started with, then `body` as the variant's user. Both get the arguments that follow the
 * variant; `body` runs only where `before` returned 0. Returns the exit status. */
int stage_main(int argc, char **argv, stage_body *before, stage_body *body);

/* Says why a test can't run here. Returns STAGE_SKIP, or 1 where SANDBOX_MUST_WORK=1 forbids skips.
 */
int stage_skip(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* The path of a payload in the staging folder. The text is one of a few that take turns. */
const char *payload(const char *name);

/* The same for a file in the working directory. */
const char *work_path(const char *name);

/* How many processes have `mark` in their command line, zombies left out. The first ones are
 * written to stderr where `tell` is set. */
unsigned stage_processes(const char *mark, bool tell);

/* Waits until no process has `mark` in its command line; false after `milliseconds`. */
bool stage_none_left(const char *mark, unsigned milliseconds);

#endif
