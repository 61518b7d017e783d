/* SPDX-License-Identifier: MIT
 *
 * things.c - what the host has that a probe is after. Nothing here belongs to anyone but the test.
 */
#include "escape/things.h"

#include "escape/probe.h"
#include "support/stage.h"
#include "support/tree.h"
#include <arpa/inet.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/keyctl.h>
#include <signal.h>
#include <stddef.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

int things_renew_victim(struct things *things)
{
    if (things->victim > 0) {
        kill(things->victim, SIGKILL);
        waitpid(things->victim, NULL, 0);
    }
    things->victim = fork();
    if (things->victim == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        for (;;)
            pause();
    }
    snprintf(things->victim_text, sizeof(things->victim_text), "%d", (int)things->victim);
    return things->victim > 0 ? 0 : -1;
}

bool things_victim_lives(const struct things *things)
{
    siginfo_t info = {.si_pid = 0};

    return waitid(P_PID, (id_t)things->victim, &info, WEXITED | WNOHANG | WNOWAIT) == 0 &&
           info.si_pid == 0;
}

static int listen_abstract(struct things *things)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    socklen_t length;

    snprintf(things->abstract, sizeof(things->abstract), "sandbox-test-%d", (int)getpid());
    memcpy(address.sun_path + 1, things->abstract, strlen(things->abstract));
    length = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + strlen(things->abstract));
    things->abstract_fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    return bind(things->abstract_fd, (struct sockaddr *)&address, length) == 0
               ? listen(things->abstract_fd, 8)
               : -1;
}

static int listen_tcp(struct things *things)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t length = sizeof(address);

    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    things->tcp_fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (bind(things->tcp_fd, (struct sockaddr *)&address, sizeof(address)) != 0 ||
        listen(things->tcp_fd, 8) != 0 ||
        getsockname(things->tcp_fd, (struct sockaddr *)&address, &length) != 0)
        return -1;
    snprintf(things->port, sizeof(things->port), "%u", ntohs(address.sin_port));
    return 0;
}

static int make_segment(struct things *things)
{
    char *memory;

    things->shm = shmget(IPC_PRIVATE, 4096, IPC_CREAT | 0666);
    if (things->shm < 0)
        return -1;
    snprintf(things->shm_text, sizeof(things->shm_text), "%d", things->shm);
    memory = shmat(things->shm, NULL, 0);
    if ((intptr_t)memory == -1)
        return -1;
    memcpy(memory, SECRET_TEXT, sizeof(SECRET_TEXT));
    return shmdt(memory);
}

static int open_terminal(struct things *things)
{
    things->master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (things->master < 0 || grantpt(things->master) != 0 || unlockpt(things->master) != 0)
        return -1;
    things->slave = open(ptsname(things->master), O_RDWR | O_NOCTTY | O_CLOEXEC);
    return things->slave >= 0 ? 0 : -1;
}

int things_make(struct things *things)
{
    memset(things, 0, sizeof(*things));
    things->abstract_fd = things->tcp_fd = things->shm = things->master = things->slave = -1;
    snprintf(things->secret, sizeof(things->secret), "%s/secret", stage()->home);
    return things_renew_victim(things) == 0 && listen_abstract(things) == 0 &&
                   listen_tcp(things) == 0 && make_segment(things) == 0 &&
                   open_terminal(things) == 0
               ? 0
               : -1;
}

/* The session keyring is gone with its session; the user's stays. */
static void remove_key(void)
{
    long key = syscall(SYS_keyctl, KEYCTL_SEARCH, KEY_SPEC_USER_KEYRING, "user", "sandbox-test", 0);

    if (key >= 0)
        syscall(SYS_keyctl, KEYCTL_UNLINK, key, KEY_SPEC_USER_KEYRING);
}

void things_end(struct things *things)
{
    remove_key();
    if (things->victim > 0) {
        kill(things->victim, SIGKILL);
        waitpid(things->victim, NULL, 0);
    }
    if (things->shm >= 0)
        shmctl(things->shm, IPC_RMID, NULL);
    tree_remove("jail");
    close(things->abstract_fd);
    close(things->tcp_fd);
    close(things->slave);
    close(things->master);
}

/* ---- surroundings of one try ---------------------------------------------------------------- */

void before_terminal(void *data)
{
    (void)data;
    if (setsid() < 0 || ioctl(0, TIOCSCTTY, 1) != 0)
        _exit(BROKEN);
}

void before_leak(void *data)
{
    int fd = open(stage()->home, O_RDONLY | O_DIRECTORY);

    (void)data;
    if (fd < 0 || dup2(fd, 77) != 77 || dup2(fd, 1000) != 1000)
        _exit(BROKEN);
}

void before_fifo(void *data)
{
    (void)data;
    if ((mkfifo("fifo", 0600) != 0 && errno != EEXIST) || chmod("fifo", 0666) != 0)
        _exit(BROKEN);
}

void before_lend_socket(void *things)
{
    int fd = socket(AF_INET, SOCK_STREAM, 0);

    (void)things;
    if (fd < 0 || dup2(fd, STDIN_FILENO) != STDIN_FILENO)
        _exit(BROKEN);
    close(fd);
}

void before_keyring(void *data)
{
    static const int rings[] = {KEY_SPEC_SESSION_KEYRING, KEY_SPEC_USER_KEYRING};
    size_t i;

    (void)data;
    if (syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, NULL) < 0)
        _exit(BROKEN);
    for (i = 0; i < sizeof(rings) / sizeof(*rings); i++) {
        if (syscall(SYS_add_key, "user", "sandbox-test", "secret", 6, rings[i]) < 0)
            _exit(BROKEN);
    }
}

void before_plain_user(void *data)
{
    (void)data;
    if (geteuid() == 0 && (setgroups(0, NULL) != 0 || setresgid(STAGE_UID, STAGE_UID, STAGE_UID) ||
                           setresuid(STAGE_UID, STAGE_UID, STAGE_UID) != 0))
        _exit(BROKEN);
}

/* Everybody may do everything there: the sandbox's user is another one where root starts it. */
static void make_open_folder(const char *path)
{
    if (mkdir(path, 0777) != 0 || chmod(path, 0777) != 0)
        _exit(BROKEN);
}

void before_hidden(void *data)
{
    int fd;

    (void)data;
    tree_remove("jail");
    make_open_folder("jail");
    make_open_folder("jail/deep");
    make_open_folder("jail/deep/deeper");
    fd = open("jail/deep/deeper/secret", O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
    if (fd < 0 || write(fd, "nobody's business\n", 18) != 18 || fchmod(fd, 0666) != 0 ||
        (stage()->as_root && fchown(fd, 65534, 65534) != 0) ||
        symlink("deep/deeper/secret", "jail/before") != 0 ||
        symlink("deep/deeper", "jail/before-above") != 0)
        _exit(BROKEN);
    close(fd);
}
