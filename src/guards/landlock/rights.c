/* SPDX-License-Identifier: MIT
 *
 * rights.c - from the steps of the fs guard to Landlock's rules. Pure: it opens nothing, and asks
 * no machine.
 *
 * The rules follow the mounts. A place that is mounted read-only is read; one that is not is
 * written too; one that is not noexec is executed; one that is not nodev has its devices used. A
 * rule says only what the place above does not say yet, so a thousand read-only binds need no rule
 * but the root's.
 *
 * Sources: the kernel's Documentation/userspace-api/landlock.rst, landlock(7).
 */
#include "guards/landlock/landlock.h"
#include <linux/capability.h>
#include <string.h>
#include <sys/stat.h>

uint64_t landlock_handled(int abi)
{
    uint64_t handled = LL_REFER - 1; /* all that came before it */
    if (abi >= 2)
        handled |= LL_REFER;
    if (abi >= 3)
        handled |= LL_TRUNCATE;
    if (abi >= 5)
        handled |= LL_IOCTL_DEV;
    return handled;
}

/* Whether the step's place is a mount of its own that gets rights. What is not known here gets
 * none, and is left with those of what is around it. */
static bool is_place(const struct fs_step *step)
{
    return step->op == FS_BIND || step->op == FS_TMPFS || step->op == FS_PROC ||
           step->op == FS_DEVPTS || step->op == FS_MQUEUE || step->op == FS_SHOW_OVERLAY ||
           step->op == FS_AGAIN;
}

/* Whether a program could lie there: not where there are only the kernel's files, or devices. */
static bool holds_programs(const struct fs_step *step)
{
    return is_place(step) && step->op != FS_PROC && step->op != FS_DEVPTS &&
           step->op != FS_MQUEUE && step->attributes & MOUNT_ATTR_NODEV;
}

uint64_t landlock_rights(const struct fs_step *step)
{
    const bool writable = !(step->attributes & MOUNT_ATTR_RDONLY);
    if (!is_place(step))
        return 0;
    if (step->op == FS_PROC)
        return LL_READ | (writable ? LL_WRITE_CONTENT : 0);
    if (step->op == FS_DEVPTS)
        return LL_READ | LL_IOCTL_DEV | (writable ? LL_WRITE_CONTENT : 0);
    if (step->op == FS_MQUEUE) /* each file is a queue */
        return LL_READ | (writable ? LL_WRITE_CONTENT | LL_MAKE_REG | LL_REMOVE_FILE : 0);
    return LL_READ | (writable ? LL_WRITE : 0) |
           (step->attributes & MOUNT_ATTR_NOEXEC ? 0 : LL_EXECUTE) |
           (step->attributes & MOUNT_ATTR_NODEV ? 0 : LL_IOCTL_DEV);
}

uint64_t landlock_stdio_rights(int fd, unsigned mode)
{
    if (S_ISDIR(mode))
        return 0;
    if (S_ISREG(mode) && fd == 0)
        return LL_READ_FILE;
    return LL_READ_FILE | LL_WRITE_CONTENT | (S_ISCHR(mode) ? LL_IOCTL_DEV : 0);
}

/* A place on the way from the root to where the derivation stands. */
struct above {
    const char *target;
    size_t length;
    uint64_t rights; /* what holds there, with all that is inherited */
};

struct derivation {
    struct plan *plan;
    uint64_t handled;
    struct above *above; /* a stack; the first is the root */
    size_t depth;
    struct landlock_rule *rules;
    size_t count, narrower;
};

static bool lies_in(const char *target, const struct above *place)
{
    return place->length == 0 ||
           (strncmp(target, place->target, place->length) == 0 && target[place->length] == '/');
}

/* What lies on top of a place and allows less, without a rule. */
static bool is_cover(const struct fs_step *step, uint64_t inherited)
{
    if (step->op == FS_SHOW_TEXT || step->op == FS_READONLY)
        return inherited & LL_WRITE_FILE;
    return step->op == FS_HIDE_DIR || step->op == FS_HIDE_FILE;
}

static int add_rule(struct derivation *d, const char *target, uint64_t rights,
                    const struct origin *origin, struct sbx_error *error)
{
    struct landlock_rule *rule = &d->rules[d->count];
    rule->place = arena_printf(&d->plan->arena, "/%s", target);
    if (!rule->place)
        return err_memory(error, LANDLOCK_STAGE);
    rule->rights = rights;
    rule->origin = *origin;
    d->count++;
    return 0;
}

static void enter_place(struct derivation *d, const char *target, uint64_t rights)
{
    d->above[d->depth++] =
        (struct above){.target = target, .length = strlen(target), .rights = rights};
}

/* A file's place was made by the step before; where the host has it the child will know. */
static bool is_on_file(const struct fs_plan *fs, size_t step)
{
    return step > 0 && fs->steps[step - 1].op == FS_FILE &&
           strcmp(fs->steps[step - 1].target, fs->steps[step].target) == 0;
}

static int add_place(struct derivation *d, size_t number, struct sbx_error *error)
{
    const struct fs_step *step = &d->plan->fs.steps[number];
    uint64_t rights = landlock_rights(step) & d->handled;
    if (is_on_file(&d->plan->fs, number))
        rights &= LL_OF_FILES;
    while (d->depth > 1 && !lies_in(step->target, &d->above[d->depth - 1]))
        d->depth--;
    const uint64_t inherited = d->above[d->depth - 1].rights;
    d->narrower += is_cover(step, inherited);
    if (!is_place(step))
        return 0;
    const uint64_t tells = LL_WRITE_FILE | (holds_programs(step) ? LL_EXECUTE : 0);
    if (inherited & ~rights & tells)
        d->narrower++;
    enter_place(d, step->target, inherited | rights);
    if (!(rights & ~inherited))
        return 0;
    return add_rule(d, step->target, rights, &step->origin, error);
}

/* The root may execute, and all beneath it, unless a place that could hold a program is noexec:
 * then each place says for itself. */
static bool root_executes(const struct fs_plan *fs)
{
    for (size_t i = fs->staged; i < fs->count; i++)
        if (holds_programs(&fs->steps[i]) && fs->steps[i].attributes & MOUNT_ATTR_NOEXEC)
            return false;
    return true;
}

static int derive_rules(struct derivation *d, struct sbx_error *error)
{
    const struct fs_plan *fs = &d->plan->fs;
    const struct fs_step *first = fs->steps + fs->staged;
    const bool own_root = fs->count == fs->staged || first->target[0] != '\0';
    uint64_t ground = LL_READ | (root_executes(fs) ? LL_EXECUTE : 0);
    struct origin origin = d->plan->policy->root_base.origin;
    if (!own_root) {
        ground = landlock_rights(first) & d->handled;
        origin = first->origin;
    }
    enter_place(d, "", ground);
    if (add_rule(d, "", ground, &origin, error) != 0)
        return -1;
    for (size_t i = fs->staged + (own_root ? 0 : 1); i < fs->count; i++)
        if (add_place(d, i, error) != 0)
            return -1;
    return 0;
}

/* Without a network there is nothing to connect to; the program could still be lent a socket of the
 * host's, or bring its lo up where it keeps the right to. */
bool landlock_connects_nowhere(const struct plan *plan)
{
    return plan->net.private_ns && !plan->net.loopback_up &&
           !(plan->caps.keep >> CAP_NET_ADMIN & 1) && plan->policy->namespaces_nested.v == YESNO_NO;
}

int landlock_derive(struct plan *plan, int abi, struct sbx_error *error)
{
    const size_t room = plan->fs.count + 1;
    struct derivation d = {.plan = plan, .handled = landlock_handled(abi)};
    d.above = arena_array(&plan->arena, room, sizeof(*d.above));
    d.rules = arena_array(&plan->arena, room, sizeof(*d.rules));
    int *ruleset = arena_array(&plan->arena, 1, sizeof(*ruleset));
    if (!d.above || !d.rules || !ruleset)
        return err_memory(error, LANDLOCK_STAGE);
    if (derive_rules(&d, error) != 0)
        return -1;
    *ruleset = -1;
    plan->landlock = (struct landlock_plan){
        .abi = abi,
        .handled_fs = d.handled,
        .handled_net = abi >= LL_ABI_PORTS && landlock_connects_nowhere(plan) ? LL_CONNECT_TCP : 0,
        .scoped = abi >= 6 ? LL_SCOPE_SIGNAL | (plan->net.private_ns ? LL_SCOPE_ABSTRACT : 0) : 0,
        .message_queues =
            plan->seccomp.message_queues && plan->policy->namespaces_ipc.v == SHARE_PRIVATE,
        .flags = abi >= 7 ? LL_LOG_SUBDOMAINS_OFF : 0,
        .rules = d.rules,
        .count = d.count,
        .narrower = d.narrower,
        .ruleset = ruleset,
    };
    return 0;
}
