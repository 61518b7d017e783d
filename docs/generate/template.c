/* SPDX-License-Identifier: MIT
 *
 * template.c - fills in templates. Knows no format.
 */
#include "template.h"
#include <stdlib.h>
#include <string.h>

/* The index of the place that a line is, -1 where it is text, -2 where nobody knows the place. */
static int find_place(const struct place *places, const char *line)
{
    size_t length = strlen(line);
    if (length < 3 || line[0] != '@' || line[length - 1] != '@' || strpbrk(line, " \t"))
        return -1;
    for (int i = 0; places[i].name; i++) {
        if (strlen(places[i].name) == length - 2 &&
            memcmp(places[i].name, line + 1, length - 2) == 0)
            return i;
    }
    return -2;
}

static int one_line(const struct place *places, unsigned *seen, const char *line,
                    template_line *take, void *context, FILE *out)
{
    int place = find_place(places, line);
    if (place >= 0 && !(*seen & 1U << place)) {
        *seen |= 1U << place;
        places[place].fill(out);
        return 0;
    }
    if (place != -1) {
        fprintf(stderr, "%s is not known, or stands here twice\n", line);
        return -1;
    }
    if (take)
        return take(context, line, out);
    fprintf(out, "%s\n", line);
    return 0;
}

int template_fill(const char *path, const struct place *places, template_line *line, void *context,
                  FILE *out)
{
    FILE *in = fopen(path, "re");
    char *text = NULL;
    size_t size = 0;
    unsigned seen = 0, number = 0;
    int result = in ? 0 : -1;
    while (result == 0 && getline(&text, &size, in) >= 0) {
        number++;
        text[strcspn(text, "\n")] = '\0';
        result = one_line(places, &seen, text, line, context, out);
    }
    for (int i = 0; result == 0 && places[i].name; i++) {
        if (seen & 1U << i)
            continue;
        fprintf(stderr, "there is no @%s@\n", places[i].name);
        result = -1;
    }
    if (result != 0)
        fprintf(stderr, "%s:%u: the template can't be used\n", path, number);
    free(text);
    if (in)
        fclose(in);
    return result;
}
