/* SPDX-License-Identifier: MIT
 *
 * danger.c - what is dangerous in a path of the host that the profile shows: sockets behind which
 * somebody with more rights listens, devices, secrets, and places whose files run outside.
 *
 * Pure: it knows the places by their usual names, and looks whether another word of [files] stands
 * on top of them. The same profile gets the same answer on every machine.
 */
#include "guards/fs/fs.h"
#include <fnmatch.h>
#include <stdio.h>
#include <string.h>

/* What showing a thing means; each is one rule, told once for a word. */
enum danger { SOCKET, DBUS, X11, AGENT, DEVICE, SYSTEM, SECRET, DANGERS };

static const struct {
    enum rule rule;
    const char *hint;
} dangers[DANGERS] = {
    [SOCKET] = {RULE_host_socket,
                "show the files that the program needs one by one, or hide this one by files.hide; "
                "read-only is no help: it stops no connect(2)"},
    [DBUS] = {RULE_raw_dbus, "leave the bus out: whoever is on it can ask every service to start "
                             "programs outside of the sandbox"},
    [X11] = {RULE_x11,
             "use a Wayland compositor's socket, or a nested X server of the program's own"},
    [AGENT] = {RULE_agent_socket,
               "leave the agent out, or give the program one with a key of its own"},
    [DEVICE] =
        {RULE_host_device,
         "files.dev = minimal has the devices that programs can't do without, and one that is "
         "wanted can be named by itself; "
         "read-only is no help: a device's node can be written all the same"},
    [SYSTEM] = {RULE_host_system, "show the files that the program needs one by one"},
    [SECRET] = {RULE_secrets,
                "show the files that the program needs one by one, or hide this by files.hide"},
};

/* Things by their usual paths. '*' stands for any text of one part of a path. A name without '/' in
 * front may stand anywhere. `whole`: what lies in it is no such thing, only all of it is. */
static const struct thing {
    enum danger danger;
    enum sbx_severity severity;
    bool whole;
    const char *path, *what;
} things[] = {
#define WARNING SBX_SEVERITY_WARNING, false
#define NOTE    SBX_SEVERITY_NOTE, false
    {SOCKET, WARNING, "/run/docker.sock", "Docker's socket, which gives root on the host"},
    {SOCKET, WARNING, "/run/containerd", "containerd's sockets, which give root on the host"},
    {SOCKET, WARNING, "/run/podman", "Podman's socket, which starts containers outside"},
    {SOCKET, WARNING, "/run/crio", "CRI-O's socket, which gives root on the host"},
    {SOCKET, WARNING, "/run/libvirt", "libvirt's sockets, which start virtual machines outside"},
    {SOCKET, WARNING, "/run/lxd.socket", "LXD's socket, which gives root on the host"},
    {SOCKET, WARNING, "/var/lib/lxd", "LXD's socket, which gives root on the host"},
    {SOCKET, WARNING, "/var/lib/incus", "Incus's socket, which gives root on the host"},
    {SOCKET, WARNING, "/var/snap/lxd", "LXD's socket, which gives root on the host"},
    {SOCKET, WARNING, "/run/k3s", "containerd's socket, which gives root on the host"},
    {SOCKET, WARNING, "/run/buildkit", "BuildKit's socket, which starts containers outside"},
    {SOCKET, WARNING, "/run/snapd.socket", "snapd's socket, which installs software"},
    {SOCKET, WARNING, "/run/systemd", "systemd's sockets, which start services outside"},
    {SOCKET, WARNING, "/run/user/*/docker.sock",
     "Docker's socket, which starts containers outside"},
    {SOCKET, WARNING, "/run/user/*/podman", "Podman's socket, which starts containers outside"},
    {SOCKET, WARNING, "/run/user/*/systemd", "systemd's sockets, which start programs outside"},
    {SOCKET, WARNING, "/run/user/*/libvirt", "libvirt's sockets, which start machines outside"},
    {SOCKET, WARNING, "/tmp/tmux-*", "tmux's socket, which types into the user's shells"},
    {SOCKET, WARNING, "/run/screen", "screen's sockets, which type into the users' shells"},
    {SOCKET, WARNING, "docker.sock", "Docker's socket, which gives root on the host"},
    {SOCKET, WARNING, "containerd.sock", "containerd's socket, which gives root on the host"},
    {SOCKET, WARNING, "podman.sock", "Podman's socket, which starts containers outside"},
    {SOCKET, WARNING, "libvirt-sock", "libvirt's socket, which starts virtual machines outside"},
    {SOCKET, WARNING, "*.sock", "a socket of the host, behind which somebody listens outside"},
    {SOCKET, WARNING, "*.socket", "a socket of the host, behind which somebody listens outside"},
    {DBUS, WARNING, "/run/dbus", "the system's D-Bus, with every service that is on it"},
    {DBUS, WARNING, "/run/user/*/bus", "the user's D-Bus, with every service that is on it"},
    {DBUS, WARNING, "system_bus_socket", "the system's D-Bus, with every service that is on it"},
    {X11, WARNING, "/tmp/.X11-unix",
     "the X server's socket: every client reads all keys and screens, and types into all windows"},
    {X11, WARNING, ".Xauthority", "the X server's key: every client reads all keys and screens"},
    {X11, WARNING, "/run/user/*/gdm",
     "the X server's key: every client reads all keys and screens"},
    {AGENT, WARNING, "/run/user/*/keyring", "the keyring's sockets, which hand out passwords"},
    {AGENT, WARNING, "/run/user/*/gnupg", "GnuPG's agent, which signs and decrypts as the user"},
    {AGENT, WARNING, "/run/user/*/ssh-agent*", "an SSH agent, which logs in as the user"},
    {AGENT, WARNING, "/run/user/*/openssh_agent", "an SSH agent, which logs in as the user"},
    {AGENT, WARNING, "/tmp/ssh-*", "an SSH agent, which logs in as the user"},
    {AGENT, WARNING, "S.gpg-agent*", "GnuPG's agent, which signs and decrypts as the user"},
    {DEVICE, SBX_SEVERITY_WARNING, true, "/dev", "every device that this user may open"},
    {DEVICE, WARNING, "/dev/mem", "the machine's memory"},
    {DEVICE, WARNING, "/dev/kmem", "the kernel's memory"},
    {DEVICE, WARNING, "/dev/port", "the machine's ports"},
    {DEVICE, WARNING, "/dev/kmsg", "the kernel's log, which it may also write"},
    {DEVICE, WARNING, "/dev/cpu", "the processors' registers, the machine's memory with them"},
    {DEVICE, WARNING, "/dev/vfio", "devices that read and write the machine's memory"},
    {DEVICE, WARNING, "/dev/userfaultfd", "stopping the kernel in the middle of a copy"},
    {DEVICE, WARNING, "/dev/watchdog*", "a switch that restarts the machine"},
    {DEVICE, WARNING, "/dev/mei*", "the machine's firmware"},
    {DEVICE, WARNING, "/dev/ipmi*", "the machine's firmware"},
    {DEVICE, WARNING, "/dev/tpm*", "the machine's keys"},
    {DEVICE, WARNING, "/dev/vcs*", "what is on the machine's own terminals"},
    {DEVICE, WARNING, "/dev/fb*", "what is on the machine's screen"},
    {DEVICE, WARNING, "/dev/kvm", "the kernel's hypervisor, a large part of the kernel to attack"},
    {DEVICE, WARNING, "/dev/fuse", "file systems whose answers the program makes up"},
    {DEVICE, WARNING, "/dev/net", "a door to the network's lower layers"},
    {DEVICE, WARNING, "/dev/vhost*", "a part of the kernel that is made for hypervisors"},
    {DEVICE, WARNING, "/dev/input", "all keyboards and mice"},
    {DEVICE, WARNING, "/dev/uinput", "typing as if from a keyboard"},
    {DEVICE, WARNING, "/dev/hidraw*", "keyboards and security keys, past the kernel's drivers"},
    {DEVICE, WARNING, "/dev/bus", "USB devices, past the kernel's drivers"},
    {DEVICE, WARNING, "/dev/sd*", "a disk, past all file permissions"},
    {DEVICE, WARNING, "/dev/sg*", "a disk, past all file permissions"},
    {DEVICE, WARNING, "/dev/hd*", "a disk, past all file permissions"},
    {DEVICE, WARNING, "/dev/vd*", "a disk, past all file permissions"},
    {DEVICE, WARNING, "/dev/xvd*", "a disk, past all file permissions"},
    {DEVICE, WARNING, "/dev/nvme*", "a disk, past all file permissions"},
    {DEVICE, WARNING, "/dev/mmcblk*", "a disk, past all file permissions"},
    {DEVICE, WARNING, "/dev/md*", "a disk, past all file permissions"},
    {DEVICE, WARNING, "/dev/dm-*", "a disk, past all file permissions"},
    {DEVICE, WARNING, "/dev/nbd*", "a disk, past all file permissions"},
    {DEVICE, WARNING, "/dev/zram*", "the machine's memory that is swapped out"},
    {DEVICE, WARNING, "/dev/mapper", "disks, past all file permissions"},
    {DEVICE, WARNING, "/dev/disk", "disks, past all file permissions"},
    {DEVICE, WARNING, "/dev/block", "disks, past all file permissions"},
    {DEVICE, WARNING, "/dev/loop*", "disks made of files, past all file permissions"},
    {DEVICE, WARNING, "/dev/tty[0-9S]*", "a terminal of the machine's own"},
    {DEVICE, WARNING, "/dev/console", "the machine's console"},
    {DEVICE, WARNING, "/dev/pts", "the terminals of all who are logged in"},
    {DEVICE, NOTE, "/dev/video*", "a camera"},
    {DEVICE, NOTE, "/dev/snd", "the microphone, and the loudspeaker"},
    {DEVICE, NOTE, "/dev/nvidia*", "the graphics driver, a large part of the kernel to attack"},
    {DEVICE, NOTE, "/dev/dri", "the graphics driver, a large part of the kernel to attack"},
    {SYSTEM, NOTE, "/sys", "the host's /sys, which tells of its hardware, disks and cgroups"},
    {SECRET, SBX_SEVERITY_WARNING, true, "/home/*", "somebody's whole home, with all keys in it"},
    {SECRET, SBX_SEVERITY_WARNING, true, "/root", "root's whole home, with all keys in it"},
    {SECRET, WARNING, "/etc/shadow", "the passwords' hashes"},
    {SECRET, WARNING, "/etc/gshadow", "the passwords' hashes"},
    {SECRET, WARNING, "/etc/ssl/private", "the private keys of this machine"},
    {SECRET, WARNING, "/etc/krb5.keytab", "the private keys of this machine"},
    {SECRET, WARNING, ".ssh", "private keys of SSH"},
    {SECRET, WARNING, ".gnupg", "private keys of GnuPG"},
    {SECRET, WARNING, ".aws", "credentials of a cloud"},
    {SECRET, WARNING, ".azure", "credentials of a cloud"},
    {SECRET, WARNING, ".config/gcloud", "credentials of a cloud"},
    {SECRET, WARNING, ".config/gh", "credentials of a code host"},
    {SECRET, WARNING, ".kube", "credentials of a cluster"},
    {SECRET, WARNING, ".docker", "credentials of registries"},
    {SECRET, WARNING, ".netrc", "passwords"},
    {SECRET, WARNING, ".pgpass", "passwords"},
    {SECRET, WARNING, ".git-credentials", "passwords"},
    {SECRET, WARNING, ".npmrc", "credentials of a registry"},
    {SECRET, WARNING, ".pypirc", "credentials of a registry"},
    {SECRET, WARNING, ".password-store", "passwords"},
    {SECRET, WARNING, ".local/share/keyrings", "passwords"},
    {SECRET, WARNING, ".mozilla", "a browser's passwords and sessions"},
    {SECRET, WARNING, ".thunderbird", "mail, and its passwords"},
    {SECRET, WARNING, ".config/google-chrome", "a browser's passwords and sessions"},
    {SECRET, WARNING, ".config/chromium", "a browser's passwords and sessions"},
    {SECRET, WARNING, ".config/BraveSoftware", "a browser's passwords and sessions"},
#undef WARNING
#undef NOTE
};

/* How a path lies to a pattern. */
enum lies { ELSEWHERE, ABOVE, THERE, BELOW };

/* Both without the leading '/'. Goes through the two part by part. */
static enum lies lies(const char *path, const char *pattern)
{
    while (*path && *pattern) {
        char part[NAME_MAX + 1], wanted[64];
        size_t length = strcspn(path, "/"), wanted_length = strcspn(pattern, "/");
        if (length >= sizeof(part) || wanted_length >= sizeof(wanted))
            return ELSEWHERE;
        memcpy(part, path, length);
        part[length] = '\0';
        memcpy(wanted, pattern, wanted_length);
        wanted[wanted_length] = '\0';
        if (fnmatch(wanted, part, FNM_NOESCAPE) != 0)
            return ELSEWHERE;
        path += length + (path[length] == '/');
        pattern += wanted_length + (pattern[wanted_length] == '/');
    }
    return *path ? BELOW : *pattern ? ABOVE : THERE;
}

/* A pattern without '/' in front is looked for at each part of the path; what is above it can't be
 * told, for it may be anywhere. */
static enum lies lies_anywhere(const char *path, const char *pattern)
{
    if (*pattern == '/')
        return lies(path + 1, pattern + 1);
    for (const char *slash = path; slash; slash = strchr(slash + 1, '/')) {
        enum lies found = lies(slash + 1, pattern);
        if (found == THERE || found == BELOW)
            return found;
    }
    return ELSEWHERE;
}

/* Whether another word of [files] stands between what is shown and a thing in it: on the thing
 * itself, or on a directory above it, as far as the pattern tells its name. What may be absent
 * covers nothing, unless it hides: then the thing is absent, too. */
static bool is_covered(const struct fs_words *words, const struct fs_word *word, const char *source,
                       const char *pattern)
{
    char path[PATH_MAX + 64];
    const char *rest = pattern;
    for (const char *part = source; *part && part[1]; part += 1 + strcspn(part + 1, "/"))
        rest += 1 + strcspn(rest + 1, "/"); /* as many parts as the source has */
    size_t plain = strcspn(rest, "*[");
    if (rest[plain])
        while (plain > 0 && rest[plain] != '/')
            plain--;
    snprintf(path, sizeof(path), "%s%.*s", strcmp(word->target, "/") == 0 ? "" : word->target,
             (int)plain, rest);
    if (!path[0])
        return false;
    const struct fs_word *cover = fs_words_cover(words, path);
    while (cover && cover->optional && cover->kind != FS_CLAIM_HIDDEN &&
           strcmp(cover->target, word->target) != 0)
        cover = fs_words_above(words, cover->target);
    return cover && strcmp(cover->target, word->target) != 0;
}

static void report(const struct fs_word *word, const struct thing *thing, enum lies found,
                   struct diag *diag)
{
    enum rule rule = dangers[thing->danger].rule;
    const char *hint = dangers[thing->danger].hint;
    enum sbx_severity severity = thing->severity;
    if (found == ABOVE) {
        if (fs_path_below(thing->path, "/etc")) /* root alone may read it, and this is not root */
            severity = SBX_SEVERITY_NOTE;
        diag_lint(diag, severity, rule, word->origin, hint,
                  "%s: %s holds %s, where there is one: %s", word->key, word->source, thing->path,
                  thing->what);
        return;
    }
    if (word->writable && thing->danger == SYSTEM)
        severity = SBX_SEVERITY_WARNING;
    if (found == BELOW)
        diag_lint(diag, severity, rule, word->origin, hint, "%s: %s lies in %s: %s", word->key,
                  word->source, thing->path, thing->what);
    else
        diag_lint(diag, severity, rule, word->origin, hint, "%s: %s shows %s", word->key,
                  word->source, thing->what);
}

/* ---- what is written runs outside ----------------------------------------------------------- */

/* Directories whose files others run or obey: as a whole, or with all that lies in them. */
static const struct {
    bool whole;
    const char *path;
} trusted[] = {
    {false, "/usr"},          {false, "/bin"},
    {false, "/sbin"},         {false, "/lib*"},
    {false, "/etc"},          {false, "/boot"},
    {false, "/opt"},          {false, "/var/spool/cron"},
    {true, "/var"},           {true, "/root"},
    {true, "/home/*"},        {false, ".bashrc"},
    {false, ".bash_profile"}, {false, ".profile"},
    {false, ".zshrc"},        {false, ".zprofile"},
    {false, ".zshenv"},       {false, ".zlogin"},
    {false, ".bash_login"},   {false, ".bash_aliases"},
    {false, ".vimrc"},        {false, ".gitconfig"},
    {true, ".config"},        {true, ".local"},
    {true, ".local/share"},   {false, ".cargo/bin"},
    {false, ".git"},          {false, ".config/autostart"},
    {false, ".config/fish"},  {false, ".config/systemd"},
    {false, ".local/bin"},    {false, ".local/share/applications"},
};

static void report_writable(const struct fs_word *word, const char *source, struct diag *diag)
{
    static const char hint[] = "show it read-only, or give the program a files.tmpfs";
    if (fs_path_below(source, "/dev") || fs_path_below(source, "/sys") ||
        fs_path_below(source, "/run") || fs_path_below(source, "/tmp/.X11-unix"))
        return; /* no place that programs are run from */
    for (size_t i = 0; i < sizeof(trusted) / sizeof(trusted[0]); i++) {
        enum lies found = lies_anywhere(source, trusted[i].path);
        if (found == ELSEWHERE || (found == BELOW && trusted[i].whole))
            continue;
        diag_lint(diag, SBX_SEVERITY_WARNING, RULE_writable_executable, word->origin, hint,
                  "%s: %s is writable%s, and others run or obey what lies there: what the program "
                  "leaves in it runs outside of the sandbox",
                  word->key, word->source, word->noexec ? "" : " and executable");
        return;
    }
    if (word->noexec)
        return;
    diag_lint(diag, SBX_SEVERITY_NOTE, RULE_writable_executable, word->origin, hint,
              "%s: %s is writable and executable: what the program leaves there stays, and runs "
              "with all rights of whoever starts it outside",
              word->key, word->source);
}

/* Of a layer neither sockets nor devices come through: overlayfs makes them anew, and the mount has
 * no devices. What the kernel fills is left out where it is only a part. */
static bool comes_through(const struct fs_word *word, const struct thing *thing, enum lies found)
{
    return word->kind == FS_CLAIM_BIND || thing->danger == SECRET ||
           (thing->danger == SYSTEM && found != ABOVE);
}

void fs_dangers(const struct fs_words *words, const struct fs_word *word, struct diag *diag)
{
    char source[PATH_MAX + 8];
    bool told[DANGERS] = {false}, is_socket = false;
    if (word->kind != FS_CLAIM_BIND && word->kind != FS_CLAIM_OVERLAY)
        return;
    const char *run = fs_path_below(word->source, "/var/run"); /* a link to /run */
    snprintf(source, sizeof(source), "%s%s", run ? "/run" : "", run ? run : word->source);
    for (size_t i = 0; i < sizeof(things) / sizeof(things[0]); i++) {
        const struct thing *thing = &things[i];
        enum lies found = told[thing->danger] ? ELSEWHERE : lies_anywhere(source, thing->path);
        if (found == ELSEWHERE || !comes_through(word, thing, found) ||
            (found == BELOW && thing->whole) ||
            (found == ABOVE && is_covered(words, word, source, thing->path)))
            continue;
        told[thing->danger] = true;
        is_socket |= thing->danger == SOCKET && found != ABOVE;
        report(word, thing, found, diag);
    }
    if (word->writable && !is_socket)
        report_writable(word, source, diag);
}
