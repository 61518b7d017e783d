/* SPDX-License-Identifier: MIT
 *
 * table.c - looks calls up in what generate/ has made of syscalls/calls.tbl. The names are one
 * text, and places in it: pointers would have to be relocated at each start.
 */
#include "guards/seccomp/table.h"
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "calls.inc"

size_t table_count(void)
{
    return TABLE_CALLS;
}

const char *table_name(int call)
{
    return table_names + table_places[call];
}

int table_find(const char *name)
{
    int low = 0, high = TABLE_CALLS - 1;
    while (low <= high) {
        const int middle = (low + high) / 2, order = strcmp(name, table_name(middle));
        if (order == 0)
            return middle;
        if (order < 0)
            high = middle - 1;
        else
            low = middle + 1;
    }
    return -1;
}

int table_of_number(int number, enum call_abi abi)
{
    return number >= 0 && number < CALLS_MAX ? table_by_number[abi][number] : -1;
}

int table_number(int call, enum call_abi abi)
{
    return table_numbers[abi][call];
}

int table_translate(int number, enum call_abi from, enum call_abi to)
{
    if (from == to) /* by far the most often */
        return number;
    const int call = table_of_number(number, from);
    return call < 0 ? -1 : table_number(call, to);
}

int table_like(int call)
{
    return table_likes[call].call;
}

bool table_differs(int call)
{
    return table_likes[call].differs;
}

int table_newest(enum call_abi abi)
{
    return table_last[abi];
}

const char *table_since(int call, char text[SINCE_SIZE])
{
    const uint8_t *since = table_kernels[call];
    if (since[0] == 0)
        snprintf(text, SINCE_SIZE, "-");
    else if (since[2] == 0)
        snprintf(text, SINCE_SIZE, "%d.%d", since[0], since[1]);
    else
        snprintf(text, SINCE_SIZE, "%d.%d.%d", since[0], since[1], since[2]);
    return text;
}
