/* SPDX-License-Identifier: MIT
 *
 * main.c - asks a real shell what it offers behind the beginning of a command line.
 *
 *     completion bash|zsh|fish
 *
 * A folder of our own is home, working directory and the place of an executable `sandbox`, so that
 * nothing rests on what is installed; only the programs that a shell completes are the machine's.
 */
#include "support/stage.h"
#include "support/test.h"
#include <fcntl.h>
#include <ftw.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define WORDS(...) ((const char *const[]){__VA_ARGS__, NULL})

/* Words as the whole word would become. */
static const struct {
    const char *line;
    const char *const *offered; /* at least these */
    const char *const *held;    /* none of these */
} cases[] = {
    {"sandbox ch", WORDS("check", "changes"), WORDS("run", "diff")},
    {"sandbox ", WORDS("run", "check", "explain", "diff"), WORDS("--set")},
    {"sandbox --", WORDS("--profile", "--set", "--report-format", "--version"), WORDS("--ignore")},
    {"sandbox run -", WORDS("--profile", "-p", "-s", "-v"), WORDS("--ignore")},
    {"sandbox check --", WORDS("--set", "--format", "--ignore"), WORDS("--profile", "--version")},
    {"sandbox explain --f", WORDS("--format"), WORDS("--file")},
    {"sandbox diff --", WORDS("--set"), WORDS("--format")},
    /* profiles */
    {"sandbox -p ", WORDS("mine", "near", "shared", "own.ini"), WORDS("letter.txt", "run")},
    {"sandbox -p ne", WORDS("near"), WORDS("mine")},
    {"sandbox --profile=mi", WORDS("--profile=mine"), WORDS("--profile=near")},
    {"sandbox -vp mi", WORDS("mine"), WORDS("near")},
    {"sandbox -p folder/in", WORDS("folder/inner.ini"), WORDS("mine")},
    {"sandbox check mine ne", WORDS("near"), WORDS("mine")},
    {"sandbox explain mi", WORDS("mine"), WORDS("syscall")},
    {"sandbox diff mine ne", WORDS("near"), WORDS("mine")},
    {"sandbox diff mine near ", WORDS(NULL), WORDS("mine", "near")},
    /* settings */
    {"sandbox -p mine -s limits.enf", WORDS("limits.enforce="), WORDS("limits.core=")},
    {"sandbox --set=files.r", WORDS("--set=files.ro=", "--set=files.ro+=", "--set=files.rw="),
     WORDS("--set=files.dev=")},
    {"sandbox -s profile.", WORDS("profile.description="), WORDS("profile.extends=")},
    {"sandbox -s limits.enforce=", WORDS("limits.enforce=strict", "limits.enforce=best-effort"),
     WORDS("letter.txt")},
    {"sandbox check --set=network.mode=l", WORDS("--set=network.mode=loopback"),
     WORDS("--set=network.mode=none")},
    {"sandbox -s limits.memory=", WORDS("limits.memory=unlimited"), WORDS("limits.memory=strict")},
    {"sandbox -s syscalls.allow+=@file", WORDS("syscalls.allow+=@file-read"),
     WORDS("syscalls.allow+=@base")},
    {"sandbox -s network.refused=", WORDS("network.refused=kill"), WORDS("network.refused=log")},
    /* images */
    {"sandbox im", WORDS("image"), WORDS("run")},
    {"sandbox image ", WORDS("unpack", "list", "remove"), WORDS("letter.txt", "mine")},
    {"sandbox image unpack fol", WORDS("folder/"), WORDS("letter.txt")},
    {"sandbox image --", WORDS("--format", "--max-size", "--all"), WORDS("--profile")},
    {"sandbox image --max-size ", WORDS(NULL), WORDS("unpack", "letter.txt")},
    {"sandbox image list ", WORDS(NULL), WORDS("unpack", "letter.txt")},
    /* words, files, rules */
    {"sandbox --report-format ", WORDS("json", "meta"), WORDS("sarif", "letter.txt")},
    {"sandbox check --format=", WORDS("--format=text", "--format=json", "--format=sarif"),
     WORDS("--format=ini")},
    {"sandbox explain --format ", WORDS("text", "ini"), WORDS("sarif")},
    {"sandbox -r let", WORDS("letter.txt"), WORDS("own.ini")},
    {"sandbox --file=let", WORDS("--file=letter.txt"), WORDS("--file=own.ini")},
    {"sandbox check --ignore ", WORDS(NULL), WORDS("letter.txt", "mine")},
    /* the program and its arguments */
    {"sandbox -p mine unam", WORDS("uname"), WORDS("mine")},
    {"sandbox -pmine unam", WORDS("uname"), WORDS("mine")},
    {"sandbox run -p mine -- unam", WORDS("uname"), WORDS("mine")},
    {"sandbox -p mine cat let", WORDS("letter.txt"), WORDS("own.ini")},
    {"sandbox -p mine -- cat let", WORDS("letter.txt"), WORDS("own.ini")},
    {"sandbox -p mine -s limits.core=0 cat let", WORDS("letter.txt"), WORDS("own.ini")},
    {"sandbox -p mine cat --prof", WORDS(NULL), WORDS("--profile")},
    {"sandbox -p mine cat -p m", WORDS(NULL), WORDS("mine")},
    {"sandbox explain @file-r", WORDS("@file-read"), WORDS("@file-write", "mine")},
    {"sandbox explain mine ", WORDS("syscall"), WORDS("mine")},
    {"sandbox explain mine -- unam", WORDS("uname"), WORDS("syscall")},
    {"sandbox explain mine -- cat let", WORDS("letter.txt"), WORDS("syscall")},
    {"sandbox explain mine syscall io_s", WORDS("io_setup", "io_submit"), WORDS("io_destroy")},
    {"sandbox explain mine syscall ioctl ", WORDS(NULL), WORDS("ioctl", "letter.txt")},
    /* changes */
    {"sandbox changes a", WORDS("apply"), WORDS("list", "letter.txt")},
    {"sandbox changes apply fol", WORDS("folder/"), WORDS("apply", "letter.txt")},
    {"sandbox changes apply mi", WORDS("mine"), WORDS("apply", "letter.txt")},
    {"sandbox changes --lower fol", WORDS("folder/"), WORDS("letter.txt")},
    {"sandbox changes --", WORDS("--set", "--lower", "--to", "--null"), WORDS("--ignore")},
};

enum { CASES = sizeof(cases) / sizeof(cases[0]) };

static const struct shell {
    const char *name, *driver, *completion;
    const char *options[3]; /* no start-up files of anybody */
    const char *check;      /* reads a file without running it */
} shells[] = {
    {"bash", "bash.sh", "completion/sandbox.bash", {"--norc", "--noprofile", NULL}, "-n"},
    {"zsh", "zsh.zsh", "completion/_sandbox", {"-f", NULL}, "-n"},
    {"fish", "fish.fish", "completion/sandbox.fish", {"--no-config", NULL}, "-n"},
};

static const struct shell *shell; /* that is asked */
static char folder[] = "/tmp/sandbox-completion-XXXXXX";
static char *answers; /* "== LINE", then a word a line, for each line */

/* ---- the folder ----------------------------------------------------------------------------- */

static void make_file(const char *name, mode_t mode)
{
    char path[512];
    snprintf(path, sizeof(path), "%s/%s", folder, name);
    for (char *slash = strchr(path + sizeof(folder), '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        mkdir(path, 0755);
        *slash = '/';
    }
    int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, mode);
    assert_true(fd >= 0);
    close(fd);
}

static void make_folder(void)
{
    char path[4096];
    const char *old = getenv("PATH");
    assert_non_null(mkdtemp(folder));
    make_file(".config/sandbox/profiles/mine.ini", 0644);
    make_file("bin/sandbox", 0755);
    make_file("bin/profiles/near.ini", 0644);
    make_file("share/sandbox/profiles/shared.ini", 0644);
    make_file("folder/inner.ini", 0644);
    make_file("own.ini", 0644);
    make_file("letter.txt", 0644);
    snprintf(path, sizeof(path), "%s/bin:%s", folder, old ? old : "/usr/bin:/bin");
    assert_int_equal(setenv("PATH", path, 1), 0);
    assert_int_equal(setenv("HOME", folder, 1), 0);
    unsetenv("XDG_CONFIG_HOME");
    assert_int_equal(chdir(folder), 0);
}

static int remove_one(const char *path, const struct stat *status, int type, struct FTW *where)
{
    (void)status, (void)type, (void)where;
    return remove(path);
}

static int remove_folder(void **state)
{
    (void)state;
    free(answers);
    return nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

/* ---- the shell ------------------------------------------------------------------------------ */

/* Runs the shell, and hands back what it writes to stdout. */
static char *run_shell(char *const *argv)
{
    char *text = NULL, piece[4096];
    size_t size = 0;
    int ends[2], status;
    FILE *memory = open_memstream(&text, &size);
    assert_non_null(memory);
    assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        dup2(ends[1], STDOUT_FILENO);
        execvp(argv[0], argv);
        _exit(127);
    }
    close(ends[1]);
    for (ssize_t got; (got = read(ends[0], piece, sizeof(piece))) > 0;)
        fwrite(piece, 1, (size_t)got, memory);
    close(ends[0]);
    assert_int_equal(fclose(memory), 0);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
    return text;
}

static void parses(void **state)
{
    char file[4096];
    (void)state;
    snprintf(file, sizeof(file), "%s/%s", SANDBOX_SOURCES, shell->completion);
    free(run_shell((char *[]){(char *)shell->name, (char *)shell->check, file, NULL}));
}

static int ask(void **state)
{
    char driver[4096], completion[4096];
    char *argv[CASES + 8];
    size_t count = 0;
    (void)state;
    make_folder();
    snprintf(driver, sizeof(driver), "%s/tests/completion/%s", SANDBOX_SOURCES, shell->driver);
    snprintf(completion, sizeof(completion), "%s/%s", SANDBOX_SOURCES, shell->completion);
    argv[count++] = (char *)shell->name;
    for (const char *const *option = shell->options; *option; option++)
        argv[count++] = (char *)*option;
    argv[count++] = driver;
    argv[count++] = completion;
    for (size_t i = 0; i < CASES; i++)
        argv[count++] = (char *)cases[i].line;
    argv[count] = NULL;
    answers = run_shell(argv);
    return 0;
}

/* ---- its answers ---------------------------------------------------------------------------- */

/* What bash would put in for a word: the part behind the last '=' or ':' of what is typed. */
static const char *behind_break(const char *line, const char *word)
{
    const char *typed = strrchr(line, ' ') + 1;
    size_t start = 0;
    for (size_t i = 0; typed[i]; i++) {
        if (typed[i] == '=' || typed[i] == ':')
            start = i + 1;
    }
    return strncmp(typed, word, start) == 0 ? word + start : word;
}

/* zsh completes the last part of a path alone, and tells of the others elsewhere. */
static const char *as_offered(const char *line, const char *word)
{
    static char folder_name[64];
    const char *slash = strrchr(word, '/');
    if (slash && !slash[1] && strcmp(shell->name, "fish") != 0) { /* which alone adds the '/' */
        snprintf(folder_name, sizeof(folder_name), "%.*s", (int)(slash - word), word);
        return folder_name;
    }
    if (strcmp(shell->name, "bash") == 0)
        return behind_break(line, word);
    return strcmp(shell->name, "zsh") == 0 && slash ? slash + 1 : word;
}

/* The answer to a line; its length in *length. */
static const char *find_answer(const char *line, size_t *length)
{
    char head[256];
    snprintf(head, sizeof(head), "== %s\n", line);
    const char *start = answers ? strstr(answers, head) : NULL;
    if (!start) {
        fail_msg("%s gives no answer to: %s", shell->name, line);
        *length = 0;
        return "";
    }
    start += strlen(head);
    const char *end = strncmp(start, "== ", 3) == 0 ? start : strstr(start, "\n== ");
    *length = end ? (size_t)(end - start) + (end != start) : strlen(start);
    return start;
}

static bool has_word(const char *answer, size_t length, const char *word)
{
    const char *end = answer + length;
    for (const char *line = answer; line < end;) {
        const char *newline = memchr(line, '\n', (size_t)(end - line));
        size_t size = (size_t)((newline ? newline : end) - line);
        if (size == strlen(word) && memcmp(line, word, size) == 0)
            return true;
        line += size + 1;
    }
    return false;
}

static void offers(void **state)
{
    unsigned faults = 0;
    (void)state;
    for (size_t i = 0; i < CASES; i++) {
        size_t length, before = faults;
        const char *line = cases[i].line, *answer = find_answer(line, &length);
        for (const char *const *word = cases[i].offered; *word; word++)
            faults += !has_word(answer, length, as_offered(line, *word));
        for (const char *const *word = cases[i].held; *word; word++)
            faults += has_word(answer, length, as_offered(line, *word));
        if (faults > before)
            fprintf(stderr, "%s: \"%s\" offers:\n%.*s\n", shell->name, line, (int)length, answer);
    }
    assert_int_equal(faults, 0);
}

/* ---- */

static bool is_installed(const char *name)
{
    char command[64];
    snprintf(command, sizeof(command), "command -v %s >/dev/null", name);
    return system(command) == 0; /* NOLINT(cert-env33-c): a name of the table above */
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(parses), cmocka_unit_test(offers)};

    for (size_t i = 0; argc == 2 && i < sizeof(shells) / sizeof(shells[0]); i++) {
        if (strcmp(shells[i].name, argv[1]) == 0)
            shell = &shells[i];
    }
    if (!shell) {
        fputs("usage: completion bash|zsh|fish\n", stderr);
        return EXIT_FAILURE;
    }
    if (!is_installed(shell->name))
        return stage_skip("completion in %s: it is not installed", shell->name);
    return cmocka_run_group_tests(tests, ask, remove_folder);
}
