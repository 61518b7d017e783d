/* SPDX-License-Identifier: MIT
 *
 * main.c - the command `sandbox`. Without a verb it runs a program.
 */
#include "cli.h"
#include <fcntl.h>
#include <string.h>
#include <sys/auxv.h>
#include <unistd.h>

/* A closed stdin, stdout or stderr would give its number to the next file that is opened, and the
 * program would get that file. Bit N of *closed tells that N was closed. */
static bool fill_stdio(unsigned *closed)
{
    *closed = 0;
    for (int fd = 0; fd < 3; fd++) {
        if (fcntl(fd, F_GETFD) >= 0)
            continue;
        if (open("/dev/null", fd == 0 ? O_RDONLY : O_WRONLY) != fd)
            return false;
        *closed |= 1U << fd;
    }
    return true;
}

/* What only tells must not seem to have told. */
static int nobody_listens(void)
{
    fputs("sandbox: stdout is closed: there is nowhere to tell the answer\n", stderr);
    return EXIT_SANDBOX;
}

int main(int argc, char **argv)
{
    unsigned closed;
    if (argc < 1 || !fill_stdio(&closed))
        return EXIT_SANDBOX;
    if (getauxval(AT_SECURE)) {
        fputs("sandbox: this program must not be setuid or setgid, nor have file capabilities: it "
              "needs no privilege, and is not written to hold any\n"
              "sandbox: hint: chmod ug-s it, setcap -r it\n",
              stderr);
        return EXIT_SANDBOX;
    }
    static const struct {
        const char *name;
        int (*verb)(int argc, char **argv);
    } tellers[] = {{"check", verb_check},
                   {"explain", verb_explain},
                   {"diff", verb_diff},
                   {"changes", verb_changes},
                   {"image", verb_image}};
    const char *verb = argc > 1 ? argv[1] : "";
    for (size_t i = 0; i < sizeof(tellers) / sizeof(tellers[0]); i++)
        if (strcmp(verb, tellers[i].name) == 0)
            return closed & 1U << STDOUT_FILENO ? nobody_listens()
                                                : tellers[i].verb(argc - 1, argv + 1);
    if (strcmp(verb, "run") == 0)
        return verb_run(argc - 1, argv + 1, closed);
    if (strcmp(verb, "why") == 0)
        return verb_why(argc - 1, argv + 1, closed);
    return verb_run(argc, argv, closed);
}
