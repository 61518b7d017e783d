/* SPDX-License-Identifier: MIT
 *
 * text.c - what sandbox-image prints for people. A part of tell.h.
 */
#include "base/utf8.h"
#include "image/tell.h"
#include <inttypes.h>

/* "7.6 MiB" */
static void put_size(uint64_t bytes)
{
    static const char *const units[] = {"bytes", "KiB", "MiB", "GiB", "TiB"};
    double size = (double)bytes;
    size_t unit = 0;
    for (; size >= 1024 && unit < 4; unit++)
        size /= 1024;
    printf(unit ? "%.1f %s" : "%.0f %s", size, units[unit]);
}

static void put_count(uint64_t count, const char *one, const char *many)
{
    if (count)
        printf("    %" PRIu64 " %s\n", count, count == 1 ? one : many);
}

static void put_layer(const struct told *told, size_t i)
{
    const struct provided *provided = &told->provided[i];
    const struct unpacked *unpacked = &provided->unpacked;
    printf("layer %s: ", digest_text(&told->image->config.diff_ids[i]).text);
    if (provided->cached) {
        puts("in the cache");
        return;
    }
    printf("unpacked, %" PRIu64 " %s, ", unpacked->entries,
           unpacked->entries == 1 ? "entry" : "entries");
    put_size(unpacked->bytes);
    putchar('\n');
    put_count(unpacked->whiteouts, "whiteout", "whiteouts");
    put_count(unpacked->opaque, "opaque directory", "opaque directories");
    put_count(unpacked->devices, "device node left out", "device nodes left out");
    put_count(unpacked->modes, "set-user-id or set-group-id bit taken away",
              "set-user-id or set-group-id bits taken away");
    put_count(unpacked->attributes, "entry lost its extended attributes",
              "entries lost their extended attributes");
    put_count(unpacked->reserved, "mark of AUFS left out", "marks of AUFS left out");
}

static void put_text(const char *name, const char *text)
{
    if (!*text)
        return;
    printf("    %s: ", name);
    text_put(stdout, text);
    putchar('\n');
}

/* Words with blanks between them; a word with one stands in quotes. */
static void put_words(const char *name, const struct texts *words)
{
    if (!words->count)
        return;
    printf("    %s:", name);
    for (size_t i = 0; i < words->count; i++) {
        bool quote = !words->at[i][0];
        for (const char *c = words->at[i]; *c; c++)
            quote |= *c == ' ' || *c == '"';
        fputs(quote ? " \"" : " ", stdout);
        text_put(stdout, words->at[i]);
        fputs(quote ? "\"" : "", stdout);
    }
    putchar('\n');
}

static void put_config(const struct config *config)
{
    puts("config, which is not applied:");
    for (size_t i = 0; i < config->env.count; i++)
        put_text("Env", config->env.at[i]);
    put_text("WorkingDir", config->working_directory);
    put_text("User", config->user);
    put_words("Entrypoint", &config->entrypoint);
    put_words("Cmd", &config->command);
}

void tell_image_text(const struct told *told)
{
    char path[PATH_MAX];
    fputs("image ", stdout);
    text_put(stdout, told->reference->directory);
    if (told->reference->tag) {
        putchar(':');
        text_put(stdout, told->reference->tag);
    }
    printf(": %s\n", digest_text(&told->image->digest).text);
    for (size_t i = told->image->config.count; i-- > 0;)
        put_layer(told, i);
    put_config(&told->image->config);
    puts("root.lower, topmost first:");
    for (size_t i = 0; i < told->stack_count; i++) {
        if (cache_layer_path(told->cache, &told->image->config.diff_ids[told->stack[i]], path) != 0)
            continue;
        fputs("    ", stdout);
        text_put(stdout, path);
        putchar('\n');
    }
}

void tell_cached_text(const struct cached *cached)
{
    printf("%s  ", digest_text(&cached->digest).text);
    put_size(cached->size.bytes);
    printf(", %llu entries%s\n", cached->size.entries, cached->used ? ", in use" : "");
}
