/* SPDX-License-Identifier: MIT
 *
 * stage.c - the staging folder, the change of user, and the look for what was left behind. It never
 * touches a process, mount or file that a test did not make.
 */
#include "support/stage.h"

#include "base/fd.h"
#include "support/tree.h"
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { STAGE_SECONDS = 110 }; /* ctest would kill this process a little later */

static struct stage the_stage;

const struct stage *stage(void)
{
    return &the_stage;
}

int stage_skip(const char *format, ...)
{
    va_list arguments;
    const char *must = getenv("SANDBOX_MUST_WORK");
    bool forbidden = must != NULL && strcmp(must, "1") == 0;

    fputs(forbidden ? "FAILED, for SANDBOX_MUST_WORK forbids to skip: " : "SKIPPED: ", stderr);
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputc('\n', stderr);
    return forbidden ? 1 : STAGE_SKIP;
}

/* Eight texts are enough for one command line. */
static const char *turn_path(const char *folder, const char *name)
{
    static char texts[8][PATH_MAX];
    static unsigned turn;
    char *text = texts[turn++ % 8];

    return snprintf(text, PATH_MAX, "%s/%s", folder, name) < PATH_MAX ? text : "";
}

const char *payload(const char *name)
{
    return turn_path(the_stage.payloads, name);
}

const char *work_path(const char *name)
{
    return turn_path(the_stage.work, name);
}

/* ---- what is left --------------------------------------------------------------------------- */

static bool command_line_has(const char *pid, const char *mark)
{
    static char text[1 << 20];
    char path[64];
    autofd fd = -1;
    ssize_t length;
    size_t used = 0;

    snprintf(path, sizeof(path), "/proc/%.20s/cmdline", pid);
    fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return false;
    while ((length = read(fd, text + used, sizeof(text) - used)) > 0)
        used += (size_t)length;
    return memmem(text, used, mark, strlen(mark)) != NULL;
}

static bool is_zombie(const char *pid)
{
    char path[64], line[512] = "";
    const char *end;
    FILE *file;
    size_t length;

    snprintf(path, sizeof(path), "/proc/%.20s/stat", pid);
    file = fopen(path, "re");
    if (file == NULL)
        return true;
    length = fread(line, 1, sizeof(line) - 1, file);
    fclose(file);
    line[length] = '\0';
    end = strrchr(line, ')');
    return end == NULL || end[2] == 'Z' || end[2] == 'X';
}

/* Returns how many there are; the first `room` pids are stored. */
static size_t find_processes(const char *mark, pid_t *pids, size_t room)
{
    size_t count = 0;
    struct dirent *entry;
    DIR *proc = opendir("/proc");

    while (proc != NULL && (entry = readdir(proc)) != NULL) {
        if (!isdigit((unsigned char)entry->d_name[0]) || !command_line_has(entry->d_name, mark) ||
            is_zombie(entry->d_name))
            continue;
        if (count < room)
            pids[count] = atoi(entry->d_name);
        count++;
    }
    if (proc != NULL)
        closedir(proc);
    return count;
}

unsigned stage_processes(const char *mark, bool tell)
{
    pid_t pids[10];
    size_t i, count = find_processes(mark, pids, 10);

    for (i = 0; tell && i < count && i < 10; i++)
        fprintf(stderr, "process %d has \"%s\" in its command line\n", (int)pids[i], mark);
    return (unsigned)count;
}

bool stage_none_left(const char *mark, unsigned milliseconds)
{
    const struct timespec pause = {.tv_nsec = 2000000};
    unsigned waited;

    for (waited = 0; waited < milliseconds; waited += 2) {
        if (stage_processes(mark, false) == 0)
            return true;
        nanosleep(&pause, NULL);
    }
    return stage_processes(mark, true) == 0;
}

/* ---- the folder ----------------------------------------------------------------------------- */

static int give_to_user(const char *path)
{
    if (the_stage.as_root || !the_stage.from_root)
        return 0;
    return chown(path, STAGE_UID, STAGE_UID);
}

static int make_secret(const char *path)
{
    autofd fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

    return fd >= 0 && write(fd, "the user's secret\n", 18) == 18 ? give_to_user(path) : -1;
}

static int join(char *to, size_t size, const char *folder, const char *name)
{
    int length = snprintf(to, size, "%s/%s", folder, name);

    return length >= 0 && (size_t)length < size ? 0 : -1;
}

static int name_all(struct stage *s, char profiles[static 160], char secret[static 160])
{
    return join(s->sandbox, sizeof(s->sandbox), s->root, "sandbox") == 0 &&
                   join(s->payloads, sizeof(s->payloads), s->root, "payloads") == 0 &&
                   join(s->home, sizeof(s->home), s->root, "home") == 0 &&
                   join(s->work, sizeof(s->work), s->root, "work") == 0 &&
                   join(profiles, 160, s->root, "profiles") == 0 &&
                   join(secret, 160, s->home, "secret") == 0
               ? 0
               : -1;
}

static int make_folder(void)
{
    struct stage *s = &the_stage;
    char profiles[160], secret[160], helper[160], unpack[160];

    memcpy(s->root, "/tmp/sandbox-test-XXXXXX", sizeof("/tmp/sandbox-test-XXXXXX"));
    if (mkdtemp(s->root) == NULL || chmod(s->root, 0755) != 0 || name_all(s, profiles, secret) != 0)
        return -1;
    if (join(helper, sizeof(helper), s->root, "sandbox-image") != 0 ||
        join(unpack, sizeof(unpack), s->root, "sandbox-unpack") != 0 ||
        tree_copy(SANDBOX_BINARY, s->sandbox) != 0 ||
        tree_copy(SANDBOX_IMAGE_BINARY, helper) != 0 ||
        tree_copy(SANDBOX_UNPACK_BINARY, unpack) != 0 ||
        tree_copy(SANDBOX_PROFILES, profiles) != 0 || tree_copy(SANDBOX_PAYLOADS, s->payloads) != 0)
        return -1;
    if (mkdir(s->home, 0700) != 0 || mkdir(s->work, 0755) != 0 || chmod(s->work, 01777) != 0 ||
        make_secret(secret) != 0)
        return -1;
    return give_to_user(s->home) == 0 && give_to_user(s->work) == 0 ? 0 : -1;
}

/* ---- the two processes ---------------------------------------------------------------------- */

static int become_user(void)
{
    if (the_stage.as_root || !the_stage.from_root)
        return 0;
    if (setgroups(0, NULL) != 0 || setresgid(STAGE_UID, STAGE_UID, STAGE_UID) != 0 ||
        setresuid(STAGE_UID, STAGE_UID, STAGE_UID) != 0)
        return -1;
    /* The change made this process undumpable, and so its own /proc/self root's. */
    return prctl(PR_SET_DUMPABLE, 1);
}

static int inside(int argc, char **argv, stage_body *before, stage_body *body)
{
    int status;

    prctl(PR_SET_PDEATHSIG, SIGKILL);
    setenv("HOME", the_stage.home, 1);
    umask(022);
    if (chdir(the_stage.work) != 0)
        return 1;
    status = before != NULL ? before(argc, argv) : 0;
    if (status != 0)
        return status;
    if (become_user() != 0) {
        perror("can't become an ordinary user");
        return 1;
    }
    return body(argc, argv);
}

/* A copy of the mount table; NULL where it can't be read. */
static char *mount_table(void)
{
    size_t size = 1 << 20;
    char *text = calloc(1, size);
    FILE *file = fopen("/proc/self/mountinfo", "re");

    if (text != NULL && file != NULL && fread(text, 1, size - 1, file) == 0) {
        free(text);
        text = NULL;
    }
    if (file != NULL)
        fclose(file);
    return text;
}

/* A test removes what it made; what is still there was made by the command. */
static int look_for_files(void)
{
    struct dirent *entry;
    DIR *folder = opendir(the_stage.work);
    int status = 0;

    while (folder != NULL && (entry = readdir(folder)) != NULL) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        fprintf(stderr, "FAILED: the file %s is left\n", entry->d_name);
        status = 1;
    }
    if (folder != NULL)
        closedir(folder);
    return status;
}

/* They have this stage's unique name in their command line: they are the test's own. */
static void kill_processes(void)
{
    pid_t pids[64];
    size_t i, count = find_processes(the_stage.root, pids, 64);

    for (i = 0; i < count && i < 64; i++)
        kill(pids[i], SIGKILL);
}

static int look_for_rest(const char *mounts_before)
{
    char *mounts = mount_table();
    int status = 0;

    if (!stage_none_left(the_stage.root, 2000)) {
        fprintf(stderr, "FAILED: processes are left\n");
        kill_processes();
        status = 1;
    }
    if (mounts == NULL || mounts_before == NULL || strcmp(mounts, mounts_before) != 0) {
        fprintf(stderr, "FAILED: the mount table has changed\n");
        status = 1;
    }
    free(mounts);
    return status;
}

/* The folder must go even when ctest or a keyboard wants this test to end, or it takes too long. */
static int wait_for_body(pid_t child, int *status)
{
    const struct timespec longest = {.tv_sec = STAGE_SECONDS};
    sigset_t set;
    pid_t pid;

    sigemptyset(&set);
    sigaddset(&set, SIGCHLD);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    while ((pid = waitpid(child, status, WNOHANG)) == 0) {
        if (sigtimedwait(&set, NULL, &longest) != SIGCHLD && waitpid(child, status, WNOHANG) == 0) {
            fprintf(stderr, "FAILED: interrupted, or not done in %d s\n", STAGE_SECONDS);
            kill(child, SIGKILL);
            pid = waitpid(child, status, 0);
            break;
        }
    }
    return pid == child ? 0 : -1;
}

/* Blocked here, and in their old state in the body. */
static void block_signals(sigset_t *old)
{
    sigset_t set;

    sigemptyset(&set);
    sigaddset(&set, SIGCHLD);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    sigprocmask(SIG_BLOCK, &set, old);
}

static int run_inside(int argc, char **argv, stage_body *before, stage_body *body)
{
    int status;
    char *mounts = mount_table();
    sigset_t old;
    pid_t child;

    fflush(NULL);
    block_signals(&old);
    child = fork();
    if (child == 0) {
        sigprocmask(SIG_SETMASK, &old, NULL);
        status = inside(argc, argv, before, body);
        fflush(NULL);
        exit(status);
    }
    signal(SIGPIPE, SIG_IGN); /* the folder must go even when nobody reads any more */
    if (child < 0 || wait_for_body(child, &status) != 0) {
        perror("can't run the test");
        free(mounts);
        return 1;
    }
    if (WIFSIGNALED(status))
        fprintf(stderr, "FAILED: the test died of signal %d\n", WTERMSIG(status));
    status = WIFEXITED(status) ? WEXITSTATUS(status) : 1;
    if (look_for_rest(mounts) != 0 || (status == 0 && look_for_files() != 0))
        status = 1;
    free(mounts);
    return status;
}

int stage_main(int argc, char **argv, stage_body *before, stage_body *body)
{
    int status;

    if (argc < 2 || (strcmp(argv[1], "user") != 0 && strcmp(argv[1], "root") != 0)) {
        fprintf(stderr, "usage: %s user|root [ARG]...\n", argv[0]);
        return 2;
    }
    the_stage.as_root = strcmp(argv[1], "root") == 0;
    the_stage.from_root = geteuid() == 0;
    if (the_stage.as_root && !the_stage.from_root)
        return stage_skip("this variant runs as root");
    if (make_folder() != 0) {
        fprintf(stderr, "can't set up %s: %s\n", the_stage.root, strerror(errno));
        return 1;
    }
    status = run_inside(argc - 2, argv + 2, before, body);
    if (tree_remove(the_stage.root) != 0) {
        fprintf(stderr, "FAILED: can't remove %s: %s\n", the_stage.root, strerror(errno));
        status = 1;
    }
    return status;
}
