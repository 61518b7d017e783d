/* SPDX-License-Identifier: MIT
 *
 * test_guards_review.c - each rule of the guards' reviews: a profile that it is about, and the
 * nearest one that it is not about.
 */
#include "guards/guard.h"
#include "test_policy.h"
#include <dirent.h>

static const struct guard *const guards[] = {
    &guard_ns, &guard_process, &guard_stdin, &guard_fs, &guard_net, &guard_caps, &guard_limits,
};

static char found[8192], told[16384];

static void gather(const struct finding *finding)
{
    static const char *const names[] = {"note", "warning", "error"};
    size_t used = strlen(found), said = strlen(told);
    snprintf(found + used, sizeof(found) - used, "%s%s %s %u:%u", used ? ", " : "",
             names[finding->severity], finding->rule, finding->origin.line,
             (unsigned)finding->origin.column);
    snprintf(told + said, sizeof(told) - said, "%s. %s\n", finding->text, finding->hint);
    assert_true(*finding->hint);
}

static void review(const struct sbx_policy *policy)
{
    struct arena arena = {NULL};
    struct sbx_error error = {0};
    struct diag diag = {.error = &error, .arena = &arena};
    struct texts texts = policy->texts;
    diag.texts = &texts;
    *found = *told = '\0';
    for (size_t i = 0; i < sizeof(guards) / sizeof(guards[0]); i++) {
        size_t before = diag.errors;
        if (guards[i]->check && guards[i]->check(policy, &diag) != 0)
            fail_msg("%s: %s", guards[i]->name, error.text);
        assert_int_equal(diag.errors, before);
    }
    for (size_t i = 0; i < sizeof(guards) / sizeof(guards[0]); i++)
        if (guards[i]->review)
            guards[i]->review(policy, &diag);
    for (const struct finding *finding = diag.first; finding; finding = finding->next)
        gather(finding);
    arena_free(&arena);
}

/* What is found in a profile: "SEVERITY RULE LINE:COLUMN, ...". */
static void finds(const char *text, const char *expected)
{
    struct sbx_policy *policy = load_text(text);
    review(policy);
    policy_free(policy);
    if (strcmp(found, expected) != 0)
        fail_msg("in\n%s\nwas found: '%s', not '%s'\n%s", text, found, expected, told);
}

/* The same for one line of one section, whose line is 2. */
static void finds_in(const char *section, const char *line, const char *expected)
{
    char text[4096];
    snprintf(text, sizeof(text), "[%s]\n%s\n", section, line);
    finds(text, expected);
}

static void says(const char *part)
{
    if (!strstr(told, part))
        fail_msg("'%s' is not in '%s'", part, told);
}

/* ---- overlays ----------------------------------------------------------------------------- */

#define OVERLAY "[root]\nbase = overlay\nlower = "

static void layers_apart(void **state)
{
    (void)state;
    finds(OVERLAY "/srv/a /srv/ab\n", "");
    finds(OVERLAY "/srv/a /srv/a/b\n", "error invalid 3:16");
    finds(OVERLAY "/srv/a/b /srv/a\n", "error invalid 3:18");
    finds(OVERLAY "/srv/a ?/srv/a/b\n", "");
    finds(OVERLAY "/srv/a\nupper = /srv\n", "error invalid 4:9");
    says("contains the layer /srv/a");
    finds(OVERLAY "/srv/a\nupper = /srv/a/b\n", "");
}

static void layers_show(void **state)
{
    (void)state;
    finds(OVERLAY "/\n", "warning secrets 3:9");
    says("root.lower: / holds /home/*");
    finds(OVERLAY "/\n[files]\nhide = /home ?/root /etc\n", "");
    finds(OVERLAY "/home/me\n", "warning secrets 3:9");
    finds(OVERLAY "/srv/image\n", "");
    finds(OVERLAY "/run\n", ""); /* a socket of a layer can't be reached */
    finds(OVERLAY "/sys\n", "note host-system 3:9");
}

static void layers_change(void **state)
{
    (void)state;
    finds(OVERLAY "/srv/a\n[files]\nbind = /srv/a/x:/y:rw,noexec\n", "warning changing-layer 5:8");
    finds(OVERLAY "/srv/a\n[files]\nbind = /srv:/y:rw,noexec\n", "warning changing-layer 5:8");
    finds(OVERLAY "/srv/a\n[files]\nbind = /srv/a/x:/x:rw,noexec\n", "");
    finds(OVERLAY "/srv/a\n[files]\nbind = /srv/a/x:/y\n", "");
    finds(OVERLAY "/srv/a\nupper = /srv/s\n[files]\nbind = /srv/s:/y:rw,noexec\n",
          "error invalid 6:8");
    finds(OVERLAY "/srv/a\nupper = /srv/s\n[files]\nbind = /srv/s:/y\n", "");
}

/* All paths may be there, and a size may be that of the changes. */
static void overlay_has_effect(void **state)
{
    (void)state;
    finds(OVERLAY "/srv/a\n[files]\nhide = /opt/x\nnoexec = /opt/y\n", "");
    finds(OVERLAY "/srv/a\nupper = tmpfs\ncwd = /w\nsize = 1M\n[files]\nro = /w\n", "");
    finds(OVERLAY "/srv/a\nupper = tmpfs:size=1M\ncwd = /w\nsize = 1M\n[files]\nro = /w\n",
          "note no-effect 6:8");
}

/* ---- errors --------------------------------------------------------------------------------- */

static void one_path_twice(void **state)
{
    (void)state;
    finds("[files]\nro = /srv/a\nrw = /srv/a\n", "error invalid 3:6, note writable-executable 3:6");
    says("/srv/a is claimed twice with different content: by files.rw here, and by files.ro at "
         "t.ini:2:6");
    finds("[files]\nro = /srv/a\nbind = /srv/a:/srv/a\n", "");
    finds("[files]\nro = /srv/a\ntmpfs = /srv/a\n", "error invalid 3:9");
    finds("[files]\ntmpfs = /srv/a\nsymlink = b:/srv/a\n", "error invalid 3:11");
    finds("[files]\ntmpfs = /a:size=1M /a:size=2M\n", "error invalid 2:20");
    finds("[files]\ntmpfs = /a:size=1M /a:size=1M\n", "");
    finds("[files]\nsymlink = b:/srv/a c:/srv/a\n", "error invalid 2:20");
    finds("[files]\nsymlink = b:/srv/a\ntmpfs = /srv/b\n", "");
    finds("[files]\nsys = ro\ntmpfs = /sys\n", "error invalid 3:9, note host-system 2:7");
    finds("[files]\nproc = private\ntmpfs = /proc\n", "error invalid 3:9");
    finds("[files]\ntmpfs = /proc\n", "");
}

static void all_of_them(void **state)
{
    (void)state;
    finds("[files]\ntmpfs = /a /b /c\nsymlink = x:/a x:/b y:/c\n",
          "error invalid 3:11, error invalid 3:16, error invalid 3:21");
}

/* What is absent on a machine, or a link to the other, makes no conflict there. */
static void perhaps_twice(void **state)
{
    (void)state;
    finds("[files]\nro = ?/srv/a\ntmpfs = /srv/a\n", "warning claimed-twice 3:9");
    finds("[files]\nbind = /srv/a:/x /srv/b:/x\n", "warning claimed-twice 2:18");
    finds("[files]\nbind = /srv/a:/x /srv/b:/y\n", "");
    finds("[files]\nbind = /srv/a:/x /srv/b:/x:rw\n",
          "error invalid 2:18, note writable-executable 2:18");
}

static void the_hosts_proc(void **state)
{
    (void)state;
    finds("[files]\nbind = /proc:/x\n", "error invalid 2:8");
    finds("[files]\nbind = /procedures:/x\n", "");
    finds("[files]\nbind = /proc/self/cwd:/x\n", "");
    finds("[files]\nbind = /proc/1/task/1/root/srv:/x\n", "");
    finds("[files]\nbind = /proc/self:/x\n", "error invalid 2:8");
    finds("[files]\nbind = /proc/1/status:/x\n", "error invalid 2:8");
    finds("[files]\nbind = /proc/sys:/x\n", "error invalid 2:8");
    finds("[files]\nbind = ?/proc/acpi:/x\n", "");
    finds("[files]\nproc = none\nro = /\ntmpfs = /run /root /home /tmp /etc /var /sys\n",
          "error invalid 3:6");
    says("files.proc = private");
    finds("[files]\nro = /\ntmpfs = /run /root /home /tmp /etc /var /sys\n", "");
    finds(
        "[files]\nbind = /:/x\ntmpfs = /x/run /x/root /x/home /x/tmp /x/etc /x/var /x/sys /x/dev\n",
        "error invalid 2:8");
    says("files.hide = /x/proc");
}

static void places_that_are_none(void **state)
{
    (void)state;
    finds("[files]\ntmpfs = /proc/x\n", "error invalid 2:9");
    finds("[files]\nhide = /proc/x\n", "error invalid 2:8");
    finds("[files]\nmqueue = private\ntmpfs = /dev/mqueue\n", "error invalid 3:9");
    finds("[files]\nmqueue = private\nhide = /dev/mqueue/x\n", "error invalid 3:8");
    finds("[files]\ntext = /proc/x=y\n", "error invalid 2:8");
    finds("[files]\ntext = /a=x\ntmpfs = /a/b\n", "error invalid 3:9");
    finds("[files]\ntext = /a=x /a=y\n", "error invalid 2:13");
    finds("[files]\ntext = /a=x /a=x\n", "");
    finds("[root]\ncwd = /a\n[files]\ntext = /a=x\n", "error invalid 2:7");
    finds("[root]\ncwd = /a/b\n[files]\nhide = /a\ntmpfs = /tmp\n",
          "note no-effect 4:8, error invalid 2:7");
    finds("[files]\ntmpfs = /proc/x\nproc = none\n", "");
    finds("[files]\nro = ?/srv/x\nbind = ?/srv/y:/proc/y\n", "warning claimed-twice 3:8");
    finds("[root]\ncwd = /proc/x\n", "error invalid 2:7");
    finds("[root]\ncwd = /process\n", "");
}

/* ---- what a path shows ---------------------------------------------------------------------- */

static void writable_places(void **state)
{
    (void)state;
    finds_in("files", "rw = /usr/local", "warning writable-executable 2:6");
    finds_in("files", "rw = /lib64", "warning writable-executable 2:6");
    finds_in("files", "rw = /var", "warning host-socket 2:6, warning writable-executable 2:6");
    says("/var holds /var/lib/lxd, where there is one");
    finds_in("files", "rw = /home/a", "warning secrets 2:6, warning writable-executable 2:6");
    finds_in("files", "rw = /home/a/work", "note writable-executable 2:6");
    finds_in("files", "rw = /home/a/work/.git", "warning writable-executable 2:6");
    finds_in("files", "rw = /home/a/.config/autostart/x", "warning writable-executable 2:6");
    finds_in("files", "rw = /home/a/.config", "warning writable-executable 2:6");
    finds_in("files", "rw = /home/a/.config/app", "note writable-executable 2:6");
    finds_in("files", "rw = /home/a/.zshenv", "warning writable-executable 2:6");
    finds_in("files", "bind = /srv/x:/usr:rw", "note writable-executable 2:8");
    finds_in("files", "bind = /opt/x:/y:rw", "warning writable-executable 2:8");
    finds_in("files", "bind = /opt/x:/y", "");
    finds_in("files", "ro = /srv/x", "");
    finds_in("files", "tmpfs = /srv/x", "");
    finds_in("files", "rw = /dev/null", "");
}

static void sockets(void **state)
{
    (void)state;
    finds_in("files", "ro = /run/docker.sock", "warning host-socket 2:6");
    says("Docker");
    says("read-only is no help");
    finds_in("files", "rw = /var/run/docker.sock", "warning host-socket 2:6");
    finds_in("files", "bind = ?/run/podman/podman.sock:/p", "warning host-socket 2:8");
    finds_in("files", "ro = /srv/app/control.sock", "warning host-socket 2:6");
    finds_in("files", "ro = /srv/app/control", "");
    finds_in("files", "ro = /run/user/1000/wayland-0", "");
    finds_in("files", "rw = /run/user/1000/pipewire-0", "");
    finds_in("files", "ro = /run/user/1000",
             "warning host-socket 2:6, warning raw-dbus 2:6, warning x11 2:6, "
             "warning agent-socket 2:6");
    finds_in("files", "ro = /run\ntmpfs = /run/user /run/dbus", "warning host-socket 2:6");
    /* What may be absent covers nothing. */
    finds_in("files",
             "ro = /run/user/1000/bus.d /run/dbus\nbind = ?/no:/run/dbus/system_bus_socket",
             "warning raw-dbus 2:27");
    finds_in("files", "ro = /run\ntmpfs = /run/user\nbind = ?/no:/run/dbus ?/no:/run/user/1000",
             "warning host-socket 2:6, warning raw-dbus 2:6");
    finds_in("files", "ro = /run/dbus/system_bus_socket", "warning raw-dbus 2:6");
    finds_in("files", "ro = /var/run/dbus", "warning raw-dbus 2:6");
    finds_in("files", "bind = /run/user/1000/bus:/bus", "warning raw-dbus 2:8");
    finds_in("files", "bind = /run/user/1000/app/bus.conf:/bus", "");
    finds_in("files", "ro = /tmp/.X11-unix/X0", "warning x11 2:6");
    finds_in("files", "ro = /home/a/.Xauthority", "warning x11 2:6");
    finds_in("files", "ro = /tmp/X11", "");
    finds_in("files", "ro = /tmp/ssh-Xy12", "warning agent-socket 2:6");
    finds_in("files", "ro = /tmp/sshd", "");
    finds_in("files", "ro = /tmp/tmux-1000", "warning host-socket 2:6");
    finds_in("files", "ro = /run/k3s/containerd", "warning host-socket 2:6");
}

static void devices(void **state)
{
    (void)state;
    finds_in("files", "ro = /dev", "warning host-device 2:6");
    finds_in("files", "ro = /dev/sda1", "warning host-device 2:6");
    finds_in("files", "ro = /dev/kvm", "warning host-device 2:6");
    finds_in("files", "rw = /dev/mem", "warning host-device 2:6");
    finds_in("files", "ro = /dev/dri", "note host-device 2:6");
    finds_in("files", "rw = /dev/kmsg", "warning host-device 2:6");
    finds_in("files", "rw = /dev/nvidia0 /dev/nvidiactl",
             "note host-device 2:6, note host-device 2:19");
    finds_in("files", "rw = /dev/cpu_dma_latency /dev/rtc0", "");
    finds_in("files", "ro = /dev/tty1", "warning host-device 2:6");
    finds_in("files", "ro = /dev/zero /dev/tty", "");
    finds_in("files", "sys = ro", "note host-system 2:7");
    finds_in("files", "rw = /sys/fs/cgroup", "warning host-system 2:6");
    finds_in("files", "ro = /system", "");
}

static void secrets(void **state)
{
    (void)state;
    finds_in("files", "ro = /home/a/.ssh", "warning secrets 2:6");
    finds_in("files", "ro = /home/a/.ssh/known_hosts", "warning secrets 2:6");
    finds_in("files", "ro = /srv/.config/gcloud", "warning secrets 2:6");
    finds_in("files", "ro = /srv/.config/gcloudy", "");
    finds_in("files", "ro = /etc/shadow", "warning secrets 2:6");
    finds_in("files", "ro = /etc/passwd", "");
    finds_in("files", "ro = /etc", "note secrets 2:6");
    finds_in("files", "ro = /home", "warning secrets 2:6");
    finds_in("files", "ro = /home/a\ntmpfs = /home/a/.ssh", "warning secrets 2:6");
    finds_in("files", "ro = /home/a/src", "");
    finds_in("files", "ro = /root", "warning secrets 2:6");
}

/* ---- what has no effect --------------------------------------------------------------------- */

static void shown_already(void **state)
{
    (void)state;
    finds_in("files", "ro = /srv /srv/a", "note no-effect 2:11");
    finds_in("files", "ro = /srv ?/srv/a", "note no-effect 2:11");
    finds_in("files", "ro = ?/srv /srv/a", "");
    finds_in("files", "ro = /srv\nrw = /srv/a", "note writable-executable 3:6");
    finds_in("files", "bind = /srv:/x /srv/a:/x/a", "note no-effect 2:16");
    finds_in("files", "bind = /srv:/x /srv/a:/x/b", "");
    finds_in("files", "ro = /srv/a /srv/ab", "");
    finds_in("files", "ro = /usr/share", "note no-effect 2:6");
    finds("[root]\nbase = empty\n[files]\nro = /usr/share\n", "");
}

static void hidden(void **state)
{
    (void)state;
    finds_in("files", "ro = /srv\nhide = /srv/a", "");
    finds_in("files", "hide = /srv/a", "note no-effect 2:8");
    finds_in("files", "hide = ?/srv/a", "note no-effect 2:8");
    says("nothing shows /srv/a");
    finds_in("files", "ro = /srv\nhide = /srv/a /srv/a/b", "note no-effect 3:15");
    says("as a part of /srv/a");
    finds_in("files", "ro = /srv /srv/a/b\nhide = /srv/a", "");
    finds_in("files", "ro = /srv\nhide = /srv", "error invalid 3:8");
    finds_in("files", "ro = ?/srv\nhide = /srv", "warning claimed-twice 3:8");
    finds_in("files", "hide = /usr/share /etc/passwd /dev/shm", "");
    finds("[root]\nbase = empty\n[files]\nhide = /usr/share\n", "note no-effect 4:8");
    /* What is dangerous and hidden is not dangerous; where it may be absent it is hidden, too. */
    finds_in("files",
             "ro = /etc\nhide = /etc/shadow ?/etc/gshadow ?/etc/ssl/private ?/etc/krb5.keytab", "");
    finds_in("files", "ro = /home/a/b\nhide = ?/home/a/b/.ssh", "");
}

static void not_executable(void **state)
{
    (void)state;
    finds_in("files", "rw = /srv", "note writable-executable 2:6");
    finds_in("files", "rw = /srv\nnoexec = /srv", "");
    finds_in("files", "rw = /srv/a\nnoexec = /srv", "");
    finds_in("files", "rw = /srv\nnoexec = /srv/a", "note writable-executable 2:6");
    /* That nothing runs inside is no help against what runs outside. */
    finds_in("files", "rw = /usr/local\nnoexec = /usr/local", "warning writable-executable 2:6");
    finds_in("files", "noexec = /srv", "note no-effect 2:10");
    finds_in("files", "tmpfs = /srv/a\nnoexec = /srv", "");
    finds_in("files", "noexec = /box /dev/shm /usr/share /", "");
}

static void keys_without_effect(void **state)
{
    (void)state;
    finds("[namespaces]\nuts = host\n[identity]\nhostname = a\n", "note no-effect 4:12");
    finds("[identity]\nhostname = a\n", "");
    finds("[namespaces]\nuts = host\n", "");
    finds("[root]\nsize = 1M\n[files]\ntmpfs = /box:size=2M\n", "note no-effect 2:8");
    finds("[root]\nsize = 1M\n[files]\ntmpfs = /box\n", "");
    finds("[root]\nsize = 1M\n[files]\ntmpfs = /tmp:size=2M\n", "");
    finds("[limits]\nenforce = best-effort\n", "note no-effect 2:11");
    finds("[environment]\npass = A B\nset = B=1\n", "note no-effect 2:10");
    finds("[environment]\npass = A\nclear = no\n",
          "warning environment-kept 3:9, note no-effect 2:8");
    finds("[environment]\npass = A\nset = B=1\n", "");
}

/* What a word says beside the path makes it another one. */
static void options(void **state)
{
    (void)state;
    finds("[files]\nro = /srv /srv/a:noexec\n", "");
    finds("[files]\nro = /srv:noexec /srv/a:noexec\n", "note no-effect 2:18");
    finds("[files]\nro = /usr/share:noexec\n", "");
    finds("[files]\nro = /srv:noexec\nbind = /srv:/srv\n", "error invalid 3:8");
    finds("[files]\nrw = /srv/data:noexec\n", "");
}

static void unmasked_proc(void **state)
{
    (void)state;
    finds_in("files", "proc = unmasked", "warning host-system 2:8");
    finds_in("files", "proc = private", "");
    finds_in("files", "proc = pids", "");
}

/* ---- the other guards ----------------------------------------------------------------------- */

static void namespaces(void **state)
{
    (void)state;
    finds_in("namespaces", "nested = yes", "warning nested-namespaces 2:10");
    finds_in("namespaces", "nested = no", "");
    finds_in("namespaces", "ipc = host", "warning host-ipc 2:7");
    finds_in("namespaces", "ipc = private", "");
}

static void environment(void **state)
{
    (void)state;
    finds_in("environment", "clear = no", "warning environment-kept 2:9");
    finds_in("environment", "clear = yes", "");
    finds_in("environment", "pass = GITHUB_TOKEN", "warning secret-environment 2:8");
    finds_in("environment", "pass = AWS_SECRET_ACCESS_KEY", "warning secret-environment 2:8");
    finds_in("environment", "set = DB_PASSWORD=x", "note secret-environment 2:7");
    finds_in("environment", "pass = TOKENIZER", "");
    finds_in("environment", "pass = SSH_AUTH_SOCK", "note secret-environment 2:8");
    finds_in("environment", "pass = DBUS_SESSION_BUS_ADDRESS", "note secret-environment 2:8");
    finds_in("environment", "pass = DISPLAY", "note x11 2:8");
    finds_in("environment", "pass = WAYLAND_DISPLAY", "");
    finds_in("environment", "pass = LD_PRELOAD", "note loader-environment 2:8");
    finds_in("environment", "pass = PATH LANG", "");
}

static void capabilities(void **state)
{
    static const char *const root[] = {"sys_admin", "sys_ptrace", "dac_read_search", "dac_override",
                                       "net_admin", "setuid",     "setgid",          "sys_chroot"};
    char line[128];
    (void)state;
    for (size_t i = 0; i < sizeof(root) / sizeof(root[0]); i++) {
        snprintf(line, sizeof(line), "keep = %s\nambient = %s", root[i], root[i]);
        finds_in("capabilities", line, "warning root-capability 2:8");
        says("the sandbox's own user namespace only");
    }
    finds_in("capabilities", "keep = sys_module\nambient = sys_module", "note root-capability 2:8");
    says("gives the program nothing");
    finds_in("capabilities", "keep = net_bind_service\nambient = net_bind_service", "");
}

static void network(void **state)
{
    (void)state;
    finds("[network]\nmode = host\nfamilies = unix inet\n",
          "note host-network 2:8, warning abstract-sockets 3:12");
    finds("[network]\nmode = host\nfamilies = inet\n", "note host-network 2:8");
    finds("[network]\nmode = loopback\nfamilies = unix inet\n", "");
    finds("[network]\nmode = host\nfamilies = netlink\n",
          "note host-network 2:8, warning wide-family 3:12");
    finds("[network]\nmode = host\n", "note host-network 2:8, warning abstract-sockets 2:8");
    finds("[network]\nfamilies = netlink\n", "");
    finds("[network]\nfamilies = vsock\n", "warning wide-family 2:12");
}

#define WHOLE "wall_time = 6s\nmemory = 256M\npids = 64\noutput = 64M\n"

static void judges_need_limits(void **state)
{
    (void)state;
    finds("[limits]\n" WHOLE "cpu_time = 2s\n", "");
    finds("[limits]\ncpu_time = 2s\nmemory = 1G\npids = 64\noutput = unlimited\n",
          "warning missing-limits 0:0, warning missing-limits 5:10");
    says("limits.wall_time is unlimited");
    says("limits.output is unlimited");
    finds("[limits]\n" WHOLE, "");
    finds("[limits]\nwall_time = 6s\n", "");
    file_text("judge-x.ini", "[limits]\n" WHOLE);
    finds("[profile]\nextends = ./judge-x.ini\n", "warning missing-limits 0:0");
    says("limits.cpu_time is unlimited");
    file_text("prejudge.ini", "[limits]\n" WHOLE);
    finds("[profile]\nextends = ./prejudge.ini\n", "");
}

static void limits_that_meet(void **state)
{
    (void)state;
    finds("[limits]\n" WHOLE "cpu_time = 6s\n", "note unreachable-limit 6:12");
    finds("[limits]\n" WHOLE "cpu_time = 5s\n", "");
    finds("[limits]\n" WHOLE "stack = 256M\n", "note unreachable-limit 6:9");
    finds("[limits]\n" WHOLE "stack = 255M\n", "");
    finds("[limits]\nmemory = 4M\n", "");
    finds("[limits]\n" WHOLE "enforce = best-effort\n", "note weaker-limits 6:11");
    finds("[limits]\n" WHOLE "enforce = strict\n", "");
}

/* What is shipped is no example of what to look out for. */
static void shipped_profiles(void **state)
{
    size_t count = 0;
    DIR *directory = opendir(SANDBOX_PROFILES);
    (void)state;
    assert_non_null(directory);
    for (struct dirent *entry; (entry = readdir(directory)) != NULL;) {
        char path[512];
        if (!strstr(entry->d_name, ".ini"))
            continue;
        snprintf(path, sizeof(path), "%s/%s", SANDBOX_PROFILES, entry->d_name);
        struct sbx_policy *policy = load(path);
        review(policy);
        policy_free(policy);
        /* This one shows a home by what it is for; no other, and nothing else. */
        bool shows_home = strcmp(entry->d_name, "dry-run.ini") == 0;
        char *secrets = shows_home ? strstr(found, "warning secrets ") : NULL;
        if (secrets)
            memcpy(secrets, "note   ", 7);
        if (shows_home != (secrets != NULL) || strstr(found, "warning") || strstr(found, "error"))
            fail_msg("%s: %s\n%s", entry->d_name, found, told);
        count++;
    }
    closedir(directory);
    assert_true(count >= 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(layers_apart),
        TEST(layers_show),
        TEST(layers_change),
        TEST(overlay_has_effect),
        TEST(one_path_twice),
        TEST(all_of_them),
        TEST(perhaps_twice),
        TEST(the_hosts_proc),
        TEST(places_that_are_none),
        TEST(writable_places),
        TEST(sockets),
        TEST(devices),
        TEST(secrets),
        TEST(shown_already),
        TEST(hidden),
        TEST(not_executable),
        TEST(keys_without_effect),
        TEST(options),
        TEST(unmasked_proc),
        TEST(namespaces),
        TEST(environment),
        TEST(capabilities),
        TEST(network),
        TEST(judges_need_limits),
        TEST(limits_that_meet),
        TEST(shipped_profiles),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
