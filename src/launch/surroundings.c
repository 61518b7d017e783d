/* SPDX-License-Identifier: MIT
 *
 * surroundings.c - what a launch changes in its own process, and gives back.
 */
#include "launch/surroundings.h"
#include "base/error.h"
#include "base/fd.h"
#include "launch/supervise.h"
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/stat.h>

static const char *const names[] = {"stdin", "stdout", "stderr"};

static void close_filled(const struct surroundings *before)
{
    for (int fd = 0; fd < 3; fd++)
        if (before->stdio[fd].filled)
            close(fd);
}

/* Whatever is opened next must not take the place of a closed stdin, stdout or stderr. */
static int fill_stdio(struct surroundings *before, struct sbx_error *error)
{
    for (int fd = 0; fd < 3; fd++) {
        if (fcntl(fd, F_GETFD) >= 0)
            continue;
        /* The lowest free number is the one that is closed. */
        if (open("/dev/null", fd == 0 ? O_RDONLY : O_WRONLY) != fd)
            return err_set(error, SBX_E_RESOURCE, errno, "prepare",
                           "%s is closed and /dev/null can't stand in for it", names[fd]);
        before->stdio[fd].filled = true;
    }
    return 0;
}

/* A directory, or any O_PATH descriptor, is the start of a walk through the host. */
static int check_stdio(struct surroundings *before, struct sbx_error *error)
{
    for (int fd = 0; fd < 3; fd++) {
        struct stat status;
        int flags = fcntl(fd, F_GETFL);
        if (flags < 0 || fstat(fd, &status) != 0)
            return err_set(error, SBX_E_RESOURCE, errno, "prepare", "%s can't be looked at",
                           names[fd]);
        if (S_ISDIR(status.st_mode) || flags & O_PATH) {
            err_set(error, SBX_E_USAGE, 0, "prepare",
                    "%s is a directory or an O_PATH descriptor: the program could reach the host's "
                    "files through it",
                    names[fd]);
            return err_hint(error, "give it a file, a pipe or /dev/null");
        }
        before->stdio[fd].flags = flags;
        before->stdio[fd].is_terminal = tcgetattr(fd, &before->stdio[fd].terminal) == 0;
    }
    return 0;
}

int surroundings_enter(struct surroundings *before, struct sbx_error *error)
{
    sigset_t taken;
    struct sigaction standard = {.sa_handler = SIG_DFL};
    memset(before, 0, sizeof(*before));
    if (fill_stdio(before, error) != 0 || check_stdio(before, error) != 0) {
        close_filled(before);
        return -1;
    }
    supervise_signals(&taken);
    before->signal_fd = signalfd(-1, &taken, SFD_CLOEXEC | SFD_NONBLOCK);
    if (before->signal_fd < 0) {
        err_set(error, SBX_E_RESOURCE, errno, "prepare", "no signalfd can be made");
        close_filled(before);
        return -1;
    }
    /* An executable that its user may not read makes a process whose /proc files are root's, and
     * the id maps could not be written. spawn() takes it away again. */
    before->dumpable = prctl(PR_GET_DUMPABLE, 0, 0, 0, 0);
    if (before->dumpable != 1 && !getauxval(AT_SECURE))
        prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
    pthread_sigmask(SIG_BLOCK, &taken, &before->mask);
    sigaction(SIGCHLD, &standard, &before->on_child); /* ignored children can't be waited for */
    return 0;
}

static bool same_terminal(const struct termios *a, const struct termios *b)
{
    return a->c_iflag == b->c_iflag && a->c_oflag == b->c_oflag && a->c_cflag == b->c_cflag &&
           a->c_lflag == b->c_lflag && memcmp(a->c_cc, b->c_cc, sizeof(a->c_cc)) == 0;
}

/* The program may have changed the modes of the terminal and the flags of the open files, which it
 * shares with whoever started us. SIGTTOU is still blocked here, so a background job can do this.
 */
static void restore_stdio(const struct surroundings *before)
{
    for (int fd = 0; fd < 3; fd++) {
        struct termios now;
        if (!before->stdio[fd].filled && fcntl(fd, F_GETFL) != before->stdio[fd].flags)
            fcntl(fd, F_SETFL, before->stdio[fd].flags);
        if (before->stdio[fd].is_terminal && tcgetattr(fd, &now) == 0 &&
            !same_terminal(&now, &before->stdio[fd].terminal))
            tcsetattr(fd, TCSANOW, &before->stdio[fd].terminal);
    }
}

void surroundings_leave(struct surroundings *before)
{
    struct signalfd_siginfo late;
    restore_stdio(before);
    /* A signal that came too late for the program must not end the caller before he has his report.
     */
    while (read(before->signal_fd, &late, sizeof(late)) == sizeof(late))
        continue;
    sigaction(SIGCHLD, &before->on_child, NULL);
    pthread_sigmask(SIG_SETMASK, &before->mask, NULL);
    prctl(PR_SET_DUMPABLE, before->dumpable == 1 ? 1 : 0, 0, 0, 0);
    close_fd(&before->signal_fd);
    close_filled(before);
}
