/* SPDX-License-Identifier: MIT
 *
 * fs.c - the fs guard: the program sees a root of its own, on a tmpfs, with nothing on it but what
 * the profile names.
 *
 * How it comes about, in order: claims (profile.c, system.c, overlay.c, device.c) are settled
 * (claims.c), what is to be hidden is looked up (hide.c), the working directory and the program are
 * put in (workdir.c, program.c), the claims become steps (steps.c, scaffold.c), and the child
 * carries the steps out (trees.c, enter.c).
 */
#include "guards/fs/fs.h"
#include "guards/fs/server.h"

int fs_prepare(struct plan *plan, const struct host *host, const struct fs_machine *machine,
               struct sbx_error *error)
{
    struct fs_build build = {
        .plan = plan,
        .host = host,
        .machine = machine,
        .claims = {.arena = &plan->arena},
    };
    if (fs_profile_claims(&build, error) != 0 || fs_system_claims(&build, error) != 0 ||
        fs_overlay_claims(&build, error) != 0 || fs_device_claims(&build, error) != 0)
        return -1;
    if (fs_claims_settle(&build.claims, error) != 0 || fs_overlay_apart(&build, error) != 0 ||
        fs_hide(&build, error) != 0 || fs_workdir(&build, error) != 0)
        return -1;
    if (plan->command && fs_workdir_files(&build, error) != 0)
        return -1;
    if (fs_noexec(&build, error) != 0 || (plan->command && fs_program(&build, error) != 0))
        return -1;
    if (fs_steps(&build, error) != 0 || fs_server_prepare(&build, error) != 0)
        return -1;
    return fs_open_files_prepare(&plan->fs, host, error);
}

static int prepare(struct plan *plan, const struct host *host, struct sbx_error *error)
{
    return fs_prepare(plan, host, &fs_this_machine, error);
}

static int arm(struct plan *plan, struct sbx_error *error)
{
    if (fs_kept_arm(plan, error) != 0)
        return -1;
    if (fs_image_arm(plan, error) == 0) {
        if (fs_server_arm(plan, error) == 0)
            return 0;
        fs_image_disarm(plan);
    }
    fs_kept_disarm(plan);
    return -1;
}

static void disarm(struct plan *plan)
{
    fs_server_disarm(plan);
    fs_image_disarm(plan);
    fs_kept_disarm(plan);
}

static void observe(const struct plan *plan, struct sbx_report *report)
{
    guard_report(report, "fs", SBX_STATE_ENFORCED,
                 "private root on %s, %zu mounts, old root detached", fs_ground(&plan->fs),
                 fs_mounts(&plan->fs));
}

const struct guard guard_fs_sources = {
    .name = "fs",
    .enter = fs_sources_enter,
    .explain = fs_explain,
    .describe = fs_sources_describe,
};

const struct guard guard_fs = {
    .name = "fs",
    .probe = fs_open_files_probe,
    .check = fs_check,
    .review = fs_review,
    .prepare = prepare,
    .arm = arm,
    .disarm = disarm,
    .enter = fs_enter,
    .explain = fs_explain,
    .observe = observe,
    .describe = fs_describe,
    .wall = fs_wall,
};
