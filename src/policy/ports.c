/* SPDX-License-Identifier: MIT
 *
 * ports.c - the words of lists of ports, and the sets that they come to.
 */
#include "policy/ports.h"
#include "policy/number.h"
#include "policy/value.h"
#include <stdio.h>
#include <string.h>

/* ---- one word ------------------------------------------------------------------------------- */

static int refuse_word(const struct parse *parse, const char *word)
{
    const bool name = *word >= 'a' && *word <= 'z';
    return value_error(parse,
                       name ? "write the number of a port: names of services are not looked up"
                            : "write a port, 443, a range, 8000-8010, or any",
                       "'%s' is no port", word);
}

/* "443" or "8000-8010". Only alone 0 is a port: one that the kernel picks. */
static int parse_range(const struct parse *parse, const char *word, uint64_t *first, uint64_t *last)
{
    const char *dash = strchr(word, '-');
    const char *start = dash ? arena_strndup(parse->arena, word, (size_t)(dash - word)) : word;
    if (!start)
        return diag_memory(parse->diag);
    if (number_parse(start, PORT_MAX, first) != 0 ||
        number_parse(dash ? dash + 1 : start, PORT_MAX, last) != 0)
        return refuse_word(parse, word);
    if (dash && (*first == 0 || *first > *last))
        return value_error(parse, "write the lower port first, 1 or higher",
                           "'%s' is no range of ports", word);
    return 0;
}

int item_ports(const struct parse *parse, const char *word, struct item *item)
{
    uint64_t first = 0, last = PORT_MAX;
    char text[16] = "any";
    if (strcmp(word, "any") != 0) {
        if (parse_range(parse, word, &first, &last) != 0)
            return -1;
        int length = snprintf(text, sizeof(text), "%u", (unsigned)first);
        if (first != last)
            snprintf(text + length, sizeof(text) - (size_t)length, "-%u", (unsigned)last);
    }
    item->text = arena_strdup(parse->arena, text);
    if (!item->text)
        return diag_memory(parse->diag);
    item->first = item->text;
    item->number = (int)first;
    item->last = (int)last;
    return ITEM_TAKEN;
}

/* ---- sets ----------------------------------------------------------------------------------- */

bool ports_item_any(const struct item *item)
{
    return item->number == 0 && item->last == PORT_MAX;
}

bool ports_any(const struct value_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        if (ports_item_any(&list->items[i]))
            return true;
    return false;
}

void ports_set(const struct value_list *list, struct ports *ports)
{
    memset(ports, 0, sizeof(*ports));
    for (size_t i = 0; i < list->count; i++)
        for (unsigned port = (unsigned)list->items[i].number; port <= (unsigned)list->items[i].last;
             port++)
            ports->bits[port / 64] |= UINT64_C(1) << port % 64;
}

bool ports_has(const struct ports *ports, unsigned port)
{
    return ports->bits[port / 64] >> port % 64 & 1;
}

size_t ports_count(const struct ports *ports)
{
    size_t count = 0;
    for (unsigned port = 0; port <= PORT_MAX; port++)
        count += ports_has(ports, port);
    return count;
}

bool ports_beyond(const struct value_list *list, const struct value_list *other)
{
    struct ports mine, theirs;
    ports_set(list, &mine);
    ports_set(other, &theirs);
    for (size_t i = 0; i < sizeof(mine.bits) / sizeof(mine.bits[0]); i++)
        if (mine.bits[i] & ~theirs.bits[i])
            return true;
    return false;
}
