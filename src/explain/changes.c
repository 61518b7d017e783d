/* SPDX-License-Identifier: MIT
 *
 * changes.c - sbx_change_format(): one change of a run as a line, for people or programs. It
 * decides nothing: what is a change, src/changes knows.
 */
#include "base/utf8.h"
#include "explain/json.h"
#include "explain/stream.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    unsigned bit;
    const char *name;
} parts[] = {
    {SBX_CHANGE_CONTENT, "content"}, {SBX_CHANGE_MODE, "mode"}, {SBX_CHANGE_TIMES, "times"},
    {SBX_CHANGE_XATTRS, "xattrs"},   {SBX_CHANGE_LINK, "link"},
};

static const struct {
    char letter;
    const char *name;
} kinds[] = {
    [SBX_CHANGE_ADDED] = {'A', "added"},
    [SBX_CHANGE_CHANGED] = {'M', "changed"},
    [SBX_CHANGE_REMOVED] = {'D', "removed"},
    [SBX_CHANGE_REPLACED] = {'T', "replaced"},
};

/* ---- a line --------------------------------------------------------------------------------- */

static bool is_file(const char *type)
{
    return type && strcmp(type, "file") == 0;
}

/* "12", "12->34" where a file has another size now, "-" where there is none. */
static void put_size(const struct sbx_change *change, FILE *out)
{
    bool old = is_file(change->old_type), now = is_file(change->type);
    if (old && now && change->size != change->old_size)
        fprintf(out, "%" PRIu64 "->%" PRIu64, change->old_size, change->size);
    else if (old || now)
        fprintf(out, "%" PRIu64, now ? change->size : change->old_size);
    else
        fputc('-', out);
}

/* "file", "file->directory", "content,mode". */
static void put_what(const struct sbx_change *change, FILE *out)
{
    const char *between = "";
    if (change->kind != SBX_CHANGE_CHANGED) {
        if (change->kind == SBX_CHANGE_REPLACED)
            fprintf(out, "%s->", change->old_type);
        fputs(change->type ? change->type : change->old_type, out);
        return;
    }
    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
        if (!(change->what & parts[i].bit))
            continue;
        fprintf(out, "%s%s", between, parts[i].name);
        between = ",";
    }
}

static void put_line(const struct sbx_change *change, bool raw, FILE *out)
{
    const char *type = change->type ? change->type : change->old_type;
    fprintf(out, "%c ", kinds[change->kind].letter);
    put_size(change, out);
    fputc(' ', out);
    put_what(change, out);
    fputc(' ', out);
    if (raw) {
        fputs(change->path, out);
        fputc('\0', out);
        return;
    }
    text_put(out, change->path);
    if (strcmp(type, "directory") == 0)
        fputc('/', out);
    if (change->link) {
        fputs(" -> ", out);
        text_put(out, change->link);
    }
    fputc('\n', out);
}

/* ---- JSON ----------------------------------------------------------------------------------- */

static json_t *octal(unsigned mode)
{
    char text[16];
    snprintf(text, sizeof(text), "%04o", mode);
    return json_string(text);
}

static json_t *parts_of(const struct sbx_change *change)
{
    json_t *array = json_array();
    for (size_t i = 0; array && i < sizeof(parts) / sizeof(parts[0]); i++)
        if (change->what & parts[i].bit)
            json_array_append_new(array, json_string(parts[i].name));
    return array;
}

/* json_object_set_new() refuses a value that is NULL, as memory's end makes one. */
static json_t *object_of(const struct sbx_change *change)
{
    json_t *object = json_object();
    int bad = json_object_set_new(object, "change", json_string(kinds[change->kind].name));
    bad |= json_object_set_new(object, "path", json_text(change->path));
    if (change->kind == SBX_CHANGE_CHANGED)
        bad |= json_object_set_new(object, "what", parts_of(change));
    if (change->type) {
        bad |= json_object_set_new(object, "type", json_string(change->type));
        bad |= json_object_set_new(object, "mode", octal(change->mode));
        if (is_file(change->type))
            bad |=
                json_object_set_new(object, "size_bytes", json_integer((json_int_t)change->size));
    }
    if (change->link)
        bad |= json_object_set_new(object, "link", json_text(change->link));
    if (change->old_type) {
        bad |= json_object_set_new(object, "old_type", json_string(change->old_type));
        bad |= json_object_set_new(object, "old_mode", octal(change->old_mode));
        if (is_file(change->old_type))
            bad |= json_object_set_new(object, "old_size_bytes",
                                       json_integer((json_int_t)change->old_size));
    }
    if (bad) {
        json_decref(object);
        return NULL;
    }
    return object;
}

static int put_json(const struct sbx_change *change, FILE *out)
{
    json_t *object = object_of(change);
    /* in ASCII, for the same reason as in json.c */
    char *text = object ? json_dumps(object, JSON_COMPACT | JSON_ENSURE_ASCII) : NULL;
    if (text)
        fputs(text, out);
    json_decref(object);
    free(text);
    return text ? 0 : -1;
}

/* ---- the whole ------------------------------------------------------------------------------ */

int sbx_change_format(const struct sbx_change *change, enum sbx_change_format format, char **text,
                      size_t *length, struct sbx_error *error)
{
    struct stream stream;
    if (stream_open(&stream, error) != 0)
        return -1;
    if (format == SBX_CHANGE_JSON) {
        if (put_json(change, stream.out) != 0) {
            stream_drop(&stream);
            return err_memory(error, "changes");
        }
    } else {
        put_line(change, format == SBX_CHANGE_NULL, stream.out);
    }
    if (stream_take(&stream, text, error) != 0)
        return -1;
    if (length)
        *length = stream.size;
    return 0;
}
