/* SPDX-License-Identifier: MIT
 *
 * review.c - what the words of [files] and [root] say of each other: as errors, what prepare()
 * would refuse on every machine; as notes, what has no effect. Pure, as words.c is. What is
 * dangerous is in danger.c.
 */
#include "guards/files.h"
#include "guards/fs/fs.h"
#include <stdio.h>
#include <string.h>

static bool same_text(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

/* Whether two words on one path can both have their way. Two sources with different names may be
 * one thing through a link, and what is optional may be absent: MAYBE. */
enum agree { AGREE_YES, AGREE_MAYBE, AGREE_NO };

static enum agree agree(const struct fs_word *a, const struct fs_word *b)
{
    enum agree never = a->optional || b->optional ? AGREE_MAYBE : AGREE_NO;
    if (a->kind != b->kind || a->writable != b->writable || a->options != b->options)
        return never;
    if (a->kind == FS_CLAIM_HIDDEN)
        return AGREE_YES;
    if (a->kind == FS_CLAIM_BIND)
        return same_text(a->source, b->source) ? AGREE_YES : AGREE_MAYBE;
    bool same = same_text(a->source, b->source) && a->size == b->size && a->inodes == b->inodes &&
                a->mode == b->mode;
    return same ? AGREE_YES : never;
}

static void put_place(const struct fs_word *word, char *text, size_t size)
{
    const struct origin *origin = &word->origin;
    if (origin->line && origin->column)
        snprintf(text, size, "%s at %s:%u:%u", word->key, origin->file, origin->line,
                 (unsigned)origin->column);
    else if (origin->line)
        snprintf(text, size, "%s at %s:%u", word->key, origin->file, origin->line);
    else
        snprintf(text, size, "%s", word->key);
}

/* Whether `one` stands behind `two` in the same file. */
static bool is_behind(const struct origin *one, const struct origin *two)
{
    if (!same_text(one->file, two->file))
        return false;
    return one->line != two->line ? one->line > two->line : one->column > two->column;
}

static void conflict(const struct fs_word *kept, const struct fs_word *other, enum agree agree,
                     struct diag *diag)
{
    static const char hint[] = "keep one of the two; an inherited word is taken away with !word";
    char place[600];
    if (is_behind(&kept->origin, &other->origin)) {
        const struct fs_word *swap = kept;
        kept = other;
        other = swap;
    }
    put_place(kept, place, sizeof(place));
    if (agree == AGREE_NO)
        diag_error(diag, other->origin, 0, hint,
                   "%s is claimed twice with different content: by %s here, and by %s",
                   other->target, other->key, place);
    else
        diag_lint(diag, SBX_SEVERITY_WARNING, RULE_claimed_twice, other->origin, hint,
                  "%s is claimed by %s here, and by %s: where both exist and are not the same "
                  "thing, nothing runs",
                  other->target, other->key, place);
}

/* The words are sorted, so those on one path stand together; the guard's own give way. */
static void review_conflicts(const struct fs_words *words, struct diag *diag)
{
    const struct fs_word *kept = NULL;
    for (size_t i = 0; i < words->count; i++) {
        const struct fs_word *word = &words->list[i];
        if (!kept || strcmp(kept->target, word->target) != 0) {
            kept = word;
            continue;
        }
        enum agree result = word->builtin ? AGREE_YES : agree(kept, word);
        if (result != AGREE_YES)
            conflict(kept, word, result, diag);
    }
}

/* Whether what is behind "/proc/PROCESS" may lead out of procfs. */
static bool leads_out(const char *rest)
{
    static const char *const links[] = {"/cwd", "/root", "/exe", "/fd", "/map_files", "/task"};
    for (size_t i = 0; i < sizeof(links) / sizeof(links[0]); i++)
        if (fs_path_below(rest, links[i]))
            return true;
    return false;
}

/* Whether a path is the host's procfs wherever there is one. What is optional may be absent. */
static bool is_proc(const struct fs_word *word)
{
    const char *rest = fs_path_below(word->source, "/proc");
    if (!rest || !*rest)
        return rest != NULL;
    size_t length = strcspn(rest + 1, "/");
    bool process = (rest[1] >= '0' && rest[1] <= '9') ||
                   (length == 4 && strncmp(rest + 1, "self", 4) == 0) ||
                   (length == 11 && strncmp(rest + 1, "thread-self", 11) == 0);
    return !word->optional && !(process && leads_out(rest + 1 + length));
}

/* The host's procfs is no thing to show, and a directory that holds it needs something on top. */
static void review_proc(const struct fs_words *words, const struct fs_word *word, struct diag *diag)
{
    char inside[PATH_MAX + 8];
    const char *base = strcmp(word->target, "/") == 0 ? "" : word->target;
    if (word->kind != FS_CLAIM_BIND)
        return;
    if (is_proc(word))
        diag_error(diag, word->origin, 0,
                   "files.proc = private gives the sandbox a /proc of its own",
                   "%s: %s is the host's /proc, through which a program leaves the sandbox",
                   word->key, word->source);
    snprintf(inside, sizeof(inside), "%s/proc", base);
    if (strcmp(word->source, "/") != 0 || fs_words_at(words, inside, strlen(inside)))
        return;
    char hint[HINT_SIZE];
    snprintf(hint, sizeof(hint),
             *base ? "hide it: files.hide = %s"
                   : "files.proc = private puts the sandbox's own %s on top",
             inside);
    diag_error(diag, word->origin, 0, hint,
               "%s: / has the host's /proc in it, through which a program leaves the sandbox",
               word->key);
}

/* Nothing can be put into a /proc of the sandbox's own, or into a file. */
static void review_place(const struct fs_words *words, const struct fs_word *word,
                         struct diag *diag)
{
    const struct fs_word *above = fs_words_above(words, word->target);
    if (!above || (above->kind != FS_CLAIM_PROC && above->kind != FS_CLAIM_TEXT &&
                   above->kind != FS_CLAIM_MQUEUE))
        return;
    if (word->optional)
        diag_lint(diag, SBX_SEVERITY_WARNING, RULE_claimed_twice, word->origin,
                  "take one of the two away",
                  "%s: %s lies in %s (%s), where nothing can be put: where it exists, nothing runs",
                  word->key, word->target, above->target, above->key);
    else
        diag_error(diag, word->origin, 0, "take one of the two away",
                   "%s: %s lies in %s (%s), where nothing can be put", word->key, word->target,
                   above->target, above->key);
}

/* The word that a directory of the host comes from already, as that word shows it. */
static bool shown_by(const struct fs_word *word, const struct fs_word *above)
{
    if (above->kind != FS_CLAIM_BIND || above->optional || above->writable != word->writable ||
        above->options != word->options)
        return false;
    const char *inside = fs_path_below(word->target, above->target);
    const char *outside = fs_path_below(word->source, above->source);
    return inside && outside && strcmp(inside, outside) == 0;
}

bool files_is_system(const char *path)
{
    for (const char *const *directory = fs_this_machine.system; *directory; directory++)
        if (fs_path_below(path, *directory))
            return true;
    return false;
}

/* A part of what is shown already, in the same way, changes nothing. Devices are shown in a way of
 * their own. */
static void review_shown(const struct sbx_policy *policy, const struct fs_words *words,
                         const struct fs_word *word, struct diag *diag)
{
    char place[600];
    if (word->kind != FS_CLAIM_BIND || fs_path_below(word->source, "/dev") ||
        strcmp(word->key, "files.sys") == 0)
        return;
    const struct fs_word *above = fs_words_above(words, word->target);
    if (above && shown_by(word, above)) {
        put_place(above, place, sizeof(place));
        diag_lint(diag, SBX_SEVERITY_NOTE, RULE_no_effect, word->origin, "take the word away",
                  "%s: %s is shown already, as a part of %s, which %s shows", word->key,
                  word->source, above->source, place);
    } else if (!above && !word->writable && !word->options && policy->root_base.v == BASE_HOST &&
               strcmp(word->source, word->target) == 0 && files_is_system(word->target)) {
        diag_lint(diag, SBX_SEVERITY_NOTE, RULE_no_effect, word->origin, "take the word away",
                  "%s: %s is shown already: root.base = host shows the system's directories",
                  word->key, word->source);
    }
}

/* Whether something of the host, or of the sandbox's own, may be at a path that no word names. */
static bool is_shown_by_base(const struct sbx_policy *policy, const char *path)
{
    if (fs_path_below(path, "/dev") || fs_path_below(path, "/proc") ||
        policy->root_base.v == BASE_OVERLAY)
        return true;
    return policy->root_base.v == BASE_HOST &&
           (files_is_system(path) || fs_path_below(path, "/etc") || fs_path_below("/etc", path));
}

/* Whether a word shows something on the very path of another one: that is a conflict. */
static bool is_claimed_otherwise(const struct fs_words *words, const struct fs_word *word)
{
    const struct fs_word *same = fs_words_at(words, word->target, strlen(word->target));
    for (; same < words->list + words->count && strcmp(same->target, word->target) == 0; same++)
        if (same->kind != word->kind)
            return true;
    return false;
}

/* What nothing shows needs not be hidden. */
static void review_hidden(const struct sbx_policy *policy, const struct fs_words *words,
                          const struct fs_word *word, struct diag *diag)
{
    char place[600];
    if (word->kind != FS_CLAIM_HIDDEN || is_claimed_otherwise(words, word))
        return;
    const struct fs_word *above = fs_words_above(words, word->target);
    if (above && above->kind == FS_CLAIM_HIDDEN) {
        put_place(above, place, sizeof(place));
        diag_lint(diag, SBX_SEVERITY_NOTE, RULE_no_effect, word->origin, "take the word away",
                  "%s: %s is hidden already, as a part of %s, which %s hides", word->key,
                  word->target, above->target, place);
    } else if (!above && !is_shown_by_base(policy, word->target)) {
        diag_lint(diag, SBX_SEVERITY_NOTE, RULE_no_effect, word->origin,
                  "take the word away, or correct the path", "%s: nothing shows %s", word->key,
                  word->target);
    }
}

/* What nothing shows can't be executed. */
static void review_noexec(const struct sbx_policy *policy, const struct fs_words *words,
                          struct diag *diag)
{
    for (size_t i = 0; i < policy->files_noexec.count; i++) {
        const struct item *item = &policy->files_noexec.items[i];
        bool shows = fs_words_cover(words, item->first) || is_shown_by_base(policy, item->first) ||
                     (policy->root_cwd.v && fs_path_below(policy->root_cwd.v, item->first));
        for (size_t j = 0; j < words->count && !shows; j++)
            shows = fs_path_below(words->list[j].target, item->first) != NULL;
        if (!shows)
            diag_lint(diag, SBX_SEVERITY_NOTE, RULE_no_effect, item->origin,
                      "take the word away, or correct the path", "files.noexec: nothing shows %s",
                      item->first);
    }
}

static void review_cwd(const struct sbx_policy *policy, const struct fs_words *words,
                       struct diag *diag)
{
    const char *cwd = policy->root_cwd.v;
    const struct fs_word *cover = cwd ? fs_words_cover(words, cwd) : NULL;
    char place[600];
    if (!cover)
        return;
    put_place(cover, place, sizeof(place));
    if (cover->kind == FS_CLAIM_PROC || cover->kind == FS_CLAIM_TEXT ||
        cover->kind == FS_CLAIM_MQUEUE || (cover->kind == FS_CLAIM_HIDDEN && !cover->optional))
        diag_error(diag, policy->root_cwd.origin, 0, "choose another root.cwd",
                   "root.cwd: %s lies in %s (%s), where no directory of choice can be", cwd,
                   cover->target, place);
    bool size_is_used = cover->builtin || cover->kind == FS_CLAIM_SYMLINK ||
                        (policy->root_upper.tmpfs && !policy->root_upper.size);
    for (size_t i = 0; i < policy->files_tmpfs.count; i++)
        size_is_used |= policy->files_tmpfs.items[i].size == 0;
    if (policy->root_size.origin.file && !size_is_used && !cover->optional)
        diag_lint(diag, SBX_SEVERITY_NOTE, RULE_no_effect, policy->root_size.origin,
                  "take it away, or choose a root.cwd outside of [files]",
                  "root.size has no effect: the working directory %s lies in %s, which %s shows",
                  cwd, cover->target, place);
}

static void review_unmasked(const struct sbx_policy *policy, struct diag *diag)
{
    if (policy->files_proc.v == PROC_UNMASKED)
        diag_lint(diag, SBX_SEVERITY_WARNING, RULE_host_system, policy->files_proc.origin,
                  "files.proc = private covers them",
                  "files.proc: unmasked shows the caller's keyrings, the kernel's addresses and "
                  "interrupts, and lets the program turn what switches the kernel leaves open");
}

void fs_review(const struct sbx_policy *policy, struct diag *diag)
{
    struct arena arena = {NULL};
    struct fs_words words;
    if (fs_words_read(&arena, policy, &words) != 0) {
        diag_memory(diag);
        return;
    }
    review_conflicts(&words, diag);
    for (size_t i = 0; i < words.count && !diag_stop(diag); i++) {
        const struct fs_word *word = &words.list[i];
        if (word->builtin)
            continue;
        review_proc(&words, word, diag);
        review_place(&words, word, diag);
        review_shown(policy, &words, word, diag);
        review_hidden(policy, &words, word, diag);
        fs_dangers(&words, word, diag);
    }
    fs_review_overlay(policy, &words, diag);
    review_unmasked(policy, diag);
    review_noexec(policy, &words, diag);
    review_cwd(policy, &words, diag);
    arena_free(&arena);
}
