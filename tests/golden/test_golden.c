/* SPDX-License-Identifier: MIT
 *
 * test_golden.c - texts that are shown to people, against what they were when somebody last looked.
 *
 *   profiles   each shipped profile as `sandbox explain --format ini` shows it: a change of what it
 *              promises, wherever it comes from, is seen in review
 *   errors     each golden/errors/NAME.ini as `sandbox check` answers it
 *
 * A profile may speak of the directory in which sandbox is started. So the first run in a folder of
 * their own, whose name has the same length in every run, and stands in the texts as FOLDER.
 *
 * SANDBOX_REFRESH=1 in the environment writes the files anew: then look at what git makes of it.
 */
#include "support/test.h"
#include <dirent.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define FOLDER "/tmp/sandbox-golden-XXXXXX"

enum { TEXT_MAX = 256 * 1024, PATH_ROOM = 512 };

static char folder[] = FOLDER; /* as it is called in this run; it links to the profiles */

/* All of a stream; the caller frees it. */
static char *read_all(FILE *stream)
{
    char *text = malloc(TEXT_MAX);
    assert_non_null(text);
    size_t length = fread(text, 1, TEXT_MAX - 1, stream);
    assert_true(length < TEXT_MAX - 1);
    text[length] = '\0';
    return text;
}

/* Puts the name that all runs have in place of this run's. */
static void name_folder(char *text)
{
    for (char *at = text; (at = strstr(at, folder)) != NULL;)
        memcpy(at, FOLDER, sizeof(FOLDER) - 1);
}

/* What a command prints; its exit status is the last line. */
static char *output_of(const char *command)
{
    FILE *pipe = popen(command, "re"); /* NOLINT(cert-env33-c): paths of the source tree */
    assert_non_null(pipe);
    char *text = read_all(pipe);
    int status = pclose(pipe);
    assert_true(WIFEXITED(status));
    name_folder(text);
    size_t length = strlen(text);
    snprintf(text + length, TEXT_MAX - length, "exit status %d\n", WEXITSTATUS(status));
    return text;
}

static void compare(const char *command, const char *golden)
{
    char *now = output_of(command);
    if (getenv("SANDBOX_REFRESH")) {
        FILE *file = fopen(golden, "we");
        assert_non_null(file);
        fputs(now, file);
        assert_int_equal(fclose(file), 0);
    }
    FILE *file = fopen(golden, "re");
    if (!file)
        fail_msg("there is no %s; SANDBOX_REFRESH=1 makes it", golden);
    char *before = read_all(file);
    fclose(file);
    if (strcmp(before, now) != 0)
        fail_msg("%s\nprints:\n%s\nand not what is in %s. If that is meant, run this test with "
                 "SANDBOX_REFRESH=1 and look at the change.",
                 command, now, golden);
    free(before);
    free(now);
}

/* Runs `command` with each NAME.ini of a directory of the source tree. */
static unsigned compare_all(const char *directory, const char *command, const char *golden,
                            const char *ending)
{
    unsigned count = 0;
    DIR *stream = opendir(directory);
    assert_non_null(stream);
    for (struct dirent *entry; (entry = readdir(stream)) != NULL;) {
        char line[2 * PATH_ROOM], file[PATH_ROOM];
        const char *dot = strrchr(entry->d_name, '.');
        if (!dot || strcmp(dot, ".ini") != 0)
            continue;
        snprintf(line, sizeof(line), "%s %s %s/%s 2>&1", SANDBOX_BINARY, command, directory,
                 entry->d_name);
        snprintf(file, sizeof(file), "%s/%.*s%s", golden, (int)(dot - entry->d_name), entry->d_name,
                 ending);
        compare(line, file);
        count++;
    }
    closedir(stream);
    return count;
}

/* Origins are told as the profiles were named, so that the texts are the same in every tree. */
static int enter_folder(void **state)
{
    (void)state;
    setenv("HOME", "/nonexistent", 1);
    unsetenv("XDG_CONFIG_HOME");
    if (!mkdtemp(folder) || chdir(folder) != 0)
        return -1;
    return symlink(SANDBOX_SOURCES "/profiles", "profiles");
}

static int leave_folder(void **state)
{
    char link[sizeof(folder) + 16];
    (void)state;
    snprintf(link, sizeof(link), "%s/profiles", folder);
    return chdir("/") == 0 && unlink(link) == 0 ? rmdir(folder) : -1;
}

static void profiles(void **state)
{
    (void)state;
    assert_true(compare_all("profiles", "explain --format ini", SANDBOX_SOURCES "/tests/golden",
                            ".txt") >= 6);
}

static void errors(void **state)
{
    (void)state;
    assert_int_equal(chdir(SANDBOX_SOURCES), 0);
    assert_true(compare_all("tests/golden/errors", "check", "tests/golden/errors", ".txt") >= 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(profiles), cmocka_unit_test(errors)};
    return cmocka_run_group_tests(tests, enter_folder, leave_folder);
}
