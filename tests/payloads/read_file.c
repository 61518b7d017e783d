/* SPDX-License-Identifier: MIT
 *
 * read_file.c - copies the files that its arguments name to stdout; says why where it can't.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

int main(int argc, char **argv)
{
    int i, byte, status = 0;

    for (i = 1; i < argc; i++) {
        FILE *file = fopen(argv[i], "r");

        if (file == NULL) {
            printf("%s: %s\n", argv[i], strerror(errno));
            status = 1;
            continue;
        }
        while ((byte = getc(file)) != EOF)
            putchar(byte);
        fclose(file);
    }
    return status;
}
