/* SPDX-License-Identifier: MIT
 * verdict: RE
 *
 * Looks for password hashes, for other people's files and for the expected answer. It ends with
 * status 7 when there is nothing to be found.
 */
#include <dirent.h>
#include <stdio.h>

static int found;

static void show_file(const char *path)
{
    int byte;
    FILE *file = fopen(path, "r");

    if (file == NULL)
        return;
    found = 1;
    while ((byte = getc(file)) != EOF)
        putchar(byte);
    fclose(file);
}

static void show_folder(const char *path)
{
    struct dirent *entry;
    DIR *folder = opendir(path);

    while (folder != NULL && (entry = readdir(folder)) != NULL) {
        if (entry->d_name[0] == '.')
            continue;
        found = 1;
        printf("%s/%s\n", path, entry->d_name);
    }
    if (folder != NULL)
        closedir(folder);
}

int main(void)
{
    show_file("/etc/shadow");
    show_folder("/home");
    show_folder("/root");
    show_file("expected.txt");
    show_file("../expected.txt");
    return found ? 0 : 7;
}
