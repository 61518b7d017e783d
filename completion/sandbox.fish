# SPDX-License-Identifier: MIT
#
# Completion of sandbox(1) for fish. sandbox.fish is made from sandbox.fish.in and the tables of the
# program: change those, and say `cmake --build build --target refresh`.

# ---- the tables

set -g __sandbox_verbs run why check explain diff changes image

# Whether an option, as VERB-X or VERB--NAME, takes an argument.
function __sandbox_takes
    switch $argv[1]
        case run-p run--profile
            return 0
        case run-s run--set
            return 0
        case run-f run--file
            return 0
        case run-r run--report
            return 0
        case run--report-format
            return 0
        case why-p why--profile
            return 0
        case why-s why--set
            return 0
        case why-f why--file
            return 0
        case why-o why--output
            return 0
        case check-s check--set
            return 0
        case check--format
            return 0
        case check--ignore
            return 0
        case explain-s explain--set
            return 0
        case explain--format
            return 0
        case diff-s diff--set
            return 0
        case changes-s changes--set
            return 0
        case changes-l changes--lower
            return 0
        case changes-t changes--to
            return 0
        case changes--format
            return 0
        case image--format
            return 0
        case image--max-size
            return 0
        case image--max-entries
            return 0
    end
    return 1
end

function __sandbox_settings -d 'SECTION.KEY=, and what may stand behind it'
    set -l values
    set -l word (commandline -ct | string replace -r '^(--set=|-s)' '')
    set -l key (string match -r '^[^=]*' -- $word)
    if not string match -q '*=*' -- $word
        printf '%s\n' \
        profile.description= namespaces.ipc= namespaces.uts= namespaces.cgroup= namespaces.time= \
        namespaces.nested= identity.uid= identity.gid= identity.hostname= root.base= root.lower= \
        root.lower+= root.image= root.upper= root.driver= root.cwd= root.size= files.ro= \
        files.ro+= files.rw= files.rw+= files.bind= files.bind+= files.tmpfs= files.tmpfs+= \
        files.symlink= files.symlink+= files.text= files.text+= files.hide= files.hide+= \
        files.noexec= files.noexec+= files.dev= files.proc= files.mqueue= files.sys= \
        syscalls.default= syscalls.unknown= syscalls.allow= syscalls.allow+= syscalls.errno= \
        syscalls.errno+= syscalls.report= syscalls.report+= syscalls.kill= syscalls.kill+= \
        syscalls.log= syscalls.log+= syscalls.tell= syscalls.arch= syscalls.arch+= \
        capabilities.keep= capabilities.keep+= capabilities.ambient= capabilities.ambient+= \
        limits.cpu_time= limits.wall_time= limits.memory= limits.pids= limits.output= \
        limits.file_size= limits.open_files= limits.stack= limits.core= limits.enforce= \
        network.mode= network.families= network.families+= network.refused= network.tcp_connect= \
        network.tcp_connect+= network.tcp_bind= network.tcp_bind+= landlock.mode= \
        environment.clear= environment.pass= environment.pass+= environment.set= environment.set+= \
        process.umask= process.nice=
        return
    end
    switch (string replace -r '\+$' '' -- $key)
        case namespaces.ipc namespaces.uts namespaces.cgroup namespaces.time
            set values private host
        case namespaces.nested environment.clear
            set values no yes
        case root.base
            set values host overlay empty
        case root.upper
            set values none tmpfs
        case root.driver
            set values kernel fuse
        case files.dev
            set values minimal none
        case files.proc
            set values unmasked private pids none
        case files.mqueue
            set values none private
        case files.sys
            set values none ro
        case syscalls.default syscalls.unknown
            set values kill errno: log allow
        case syscalls.allow syscalls.errno syscalls.report syscalls.kill syscalls.log
            set values @base @basic-io @file-read @file-write @file-system @sync @process @thread \
            @memory @memlock @pkey @signal @timer @event @aio @ipc @network-client @network-server \
            @network-io @network-unix @identity @resource @info @sandbox @set-id @chown @xattr \
            @debug @mount @module @keyring @privileged @raw-io @reboot @swap @obsolete \
            @cpu-emulation @clock-set @io-uring @bpf
        case syscalls.tell
            set values none kills all
        case limits.cpu_time limits.wall_time limits.memory limits.pids limits.output limits.file_size limits.open_files limits.stack limits.core
            set values unlimited
        case limits.enforce
            set values strict best-effort
        case network.mode
            set values none loopback host
        case network.refused
            set values kill errno:
        case landlock.mode
            set values off auto require
    end
    test -n "$values"; and printf "$key=%s\n" $values
end

function __sandbox_calls
    printf '%s\n' \
        _sysctl accept accept4 access acct add_key adjtimex afs_syscall alarm arch_prctl bind bpf \
        brk cachestat capget capset chdir chmod chown chroot clock_adjtime clock_getres \
        clock_gettime clock_nanosleep clock_settime clone clone3 close close_range connect \
        copy_file_range creat create_module delete_module dup dup2 dup3 epoll_create epoll_create1 \
        epoll_ctl epoll_ctl_old epoll_pwait epoll_pwait2 epoll_wait epoll_wait_old eventfd \
        eventfd2 execve execveat exit exit_group faccessat faccessat2 fadvise64 fallocate \
        fanotify_init fanotify_mark fchdir fchmod fchmodat fchmodat2 fchown fchownat fcntl \
        fdatasync fgetxattr file_getattr file_setattr finit_module flistxattr flock fork \
        fremovexattr fsconfig fsetxattr fsmount fsopen fspick fstat fstatfs fsync ftruncate futex \
        futex_requeue futex_wait futex_waitv futex_wake futimesat get_kernel_syms get_mempolicy \
        get_robust_list get_thread_area getcpu getcwd getdents getdents64 getegid geteuid getgid \
        getgroups getitimer getpeername getpgid getpgrp getpid getpmsg getppid getpriority \
        getrandom getresgid getresuid getrlimit getrusage getsid getsockname getsockopt gettid \
        gettimeofday getuid getxattr getxattrat init_module inotify_add_watch inotify_init \
        inotify_init1 inotify_rm_watch io_cancel io_destroy io_getevents io_pgetevents io_setup \
        io_submit io_uring_enter io_uring_register io_uring_setup ioctl ioperm iopl ioprio_get \
        ioprio_set kcmp kexec_file_load kexec_load keyctl kill landlock_add_rule \
        landlock_create_ruleset landlock_restrict_self lchown lgetxattr link linkat listen \
        listmount listns listxattr listxattrat llistxattr lookup_dcookie lremovexattr lseek \
        lsetxattr lsm_get_self_attr lsm_list_modules lsm_set_self_attr lstat madvise \
        map_shadow_stack mbind membarrier memfd_create memfd_secret migrate_pages mincore mkdir \
        mkdirat mknod mknodat mlock mlock2 mlockall mmap modify_ldt mount mount_setattr move_mount \
        move_pages mprotect mq_getsetattr mq_notify mq_open mq_timedreceive mq_timedsend mq_unlink \
        mremap mseal msgctl msgget msgrcv msgsnd msync munlock munlockall munmap name_to_handle_at \
        nanosleep newfstatat nfsservctl open open_by_handle_at open_tree open_tree_attr openat \
        openat2 pause perf_event_open personality pidfd_getfd pidfd_open pidfd_send_signal pipe \
        pipe2 pivot_root pkey_alloc pkey_free pkey_mprotect poll ppoll prctl pread64 preadv \
        preadv2 prlimit64 process_madvise process_mrelease process_vm_readv process_vm_writev \
        pselect6 ptrace putpmsg pwrite64 pwritev pwritev2 query_module quotactl quotactl_fd read \
        readahead readlink readlinkat readv reboot recvfrom recvmmsg recvmsg remap_file_pages \
        removexattr removexattrat rename renameat renameat2 request_key restart_syscall rmdir rseq \
        rt_sigaction rt_sigpending rt_sigprocmask rt_sigqueueinfo rt_sigreturn rt_sigsuspend \
        rt_sigtimedwait rt_tgsigqueueinfo sched_get_priority_max sched_get_priority_min \
        sched_getaffinity sched_getattr sched_getparam sched_getscheduler sched_rr_get_interval \
        sched_setaffinity sched_setattr sched_setparam sched_setscheduler sched_yield seccomp \
        security select semctl semget semop semtimedop sendfile sendmmsg sendmsg sendto \
        set_mempolicy set_mempolicy_home_node set_robust_list set_thread_area set_tid_address \
        setdomainname setfsgid setfsuid setgid setgroups sethostname setitimer setns setpgid \
        setpriority setregid setresgid setresuid setreuid setrlimit setsid setsockopt settimeofday \
        setuid setxattr setxattrat shmat shmctl shmdt shmget shutdown sigaltstack signalfd \
        signalfd4 socket socketpair splice stat statfs statmount statx swapoff swapon symlink \
        symlinkat sync sync_file_range syncfs sysfs sysinfo syslog tee tgkill time timer_create \
        timer_delete timer_getoverrun timer_gettime timer_settime timerfd_create timerfd_gettime \
        timerfd_settime times tkill truncate tuxcall umask umount2 uname unlink unlinkat unshare \
        uprobe uretprobe uselib userfaultfd ustat utime utimensat utimes vfork vhangup vmsplice \
        vserver wait4 waitid write writev
end

function __sandbox_groups
    printf '%s\n' \
        @base @basic-io @file-read @file-write @file-system @sync @process @thread @memory \
        @memlock @pkey @signal @timer @event @aio @ipc @network-client @network-server @network-io \
        @network-unix @identity @resource @info @sandbox @set-id @chown @xattr @debug @mount \
        @module @keyring @privileged @raw-io @reboot @swap @obsolete @cpu-emulation @clock-set \
        @io-uring @bpf
end

# ---- where the cursor is

# Reads the words before the cursor. The first line is the verb; then "options" where an option may
# stand, "end" behind "--", or "program" and its words; then the operands.
function __sandbox_read
    set -l words (commandline -opc)
    set -l verb $__sandbox_verbs[1]
    set -l place options
    set -l operands
    set -l i 2
    if contains -- "$words[2]" $__sandbox_verbs
        set verb $words[2]
        set i 3
    end
    while test $i -le (count $words)
        set -l word $words[$i]
        set i (math $i + 1)
        if test "$word" = --
            set place end
            if contains $verb run why explain
                set place program
                set operands $words[$i..-1]
                break
            end
        else if test $place = options; and string match -qr '^--[^=]+$' -- $word
            __sandbox_takes $verb$word; and set i (math $i + 1)
        else if test $place = options; and string match -qr '^-[^-]' -- $word
            __sandbox_letters $verb (string sub -s 2 -- $word); and set i (math $i + 1)
        else if test $place = end; or not string match -q -- '-*' $word
            set -a operands $word
            if contains $verb run why
                set place program
                set operands $word $words[$i..-1]
                break
            end
        end
    end
    printf '%s\n' $verb $place $operands
end

# Whether the last of some letters takes the next word: those before it take nothing.
function __sandbox_letters
    set -l letters (string split '' -- $argv[2])
    for i in (seq (count $letters))
        if __sandbox_takes $argv[1]-$letters[$i]
            test $i -eq (count $letters)
            return
        end
    end
    return 1
end

# __sandbox_at verb | options VERB | profile | syscall | call | image | layout | program | action |
# kept
function __sandbox_at
    set -l read (__sandbox_read)
    set -l verb $read[1]
    set -l place $read[2]
    set -l operands $read[3..-1]
    switch $argv[1]
        case verb
            test (count (commandline -opc)) -eq 1
        case options
            test $place = options -a $verb = $argv[2]
        case program
            test $place = program
            or contains $verb run why; and test (count (commandline -opc)) -gt 1
        case profile
            test $place != program; or return
            switch $verb
                case check
                    return 0
                case explain
                    test (count $operands) -eq 0
                case diff
                    test (count $operands) -lt 2
                case '*'
                    return 1
            end
        case group
            test $verb = explain -a $place != program -a (count $operands) -eq 0
            and string match -q '@*' -- (commandline -ct)
        case syscall
            test $verb = explain -a $place != program -a (count $operands) -eq 1
        case action
            test $verb = changes -a (count $operands) -eq 0
        case kept
            test $verb = changes
            and contains -- "$operands" '' list apply discard
        case call
            test $verb = explain -a $place != program -a (count $operands) -eq 2
            and test $operands[2] = syscall
        case image
            test $verb = image -a (count $operands) -eq 0
        case layout
            test $verb = image -a (count $operands) -eq 1
            and test $operands[1] = unpack
    end
end

# ---- what is offered

# Where the command itself looks: its user's, the machine's, its own.
function __sandbox_profiles
    set -l config $XDG_CONFIG_HOME
    test -n "$config"; or set config $HOME/.config
    set -l folders $config/sandbox/profiles /etc/sandbox/profiles
    set -l words (commandline -opc)
    set -l executable (command -s -- $words[1])
    if test -n "$executable"
        set executable (realpath -- $executable)
        set -a folders (dirname -- $executable)/profiles
        set -a folders (dirname -- $executable)/../share/sandbox/profiles
    end
    for file in $folders/*.ini
        string replace -r '^.*/(.*)\.ini$' '$1' -- $file
    end | sort -u
    set -l path (commandline -ct | string replace -r '^(--profile=|-p)' '')
    __fish_complete_path "$path" profile | string match -er '(\.ini|/)(\t.*)?$'
end

function __sandbox_program
    set -l read (__sandbox_read)
    set -l words
    test $read[2] = program; and set words $read[3..-1]
    set -l line (string escape -- $words) (commandline -ct)
    complete -C "$line"
end

complete -c sandbox -f
complete -c sandbox -n '__sandbox_at profile' -a '(__sandbox_profiles)'
complete -c sandbox -n '__sandbox_at syscall' -a syscall -d 'what one system call gets'
complete -c sandbox -n '__sandbox_at group' -a '(__sandbox_groups)'
complete -c sandbox -n '__sandbox_at call' -a '(__sandbox_calls)'
complete -c sandbox -n '__sandbox_at image' -a 'unpack list remove'
complete -c sandbox -n '__sandbox_at layout' -a '(__fish_complete_directories)'
complete -c sandbox -n '__sandbox_at program' -a '(__sandbox_program)'
complete -c sandbox -n '__sandbox_at action' -a 'list apply discard'
complete -c sandbox -n '__sandbox_at kept' -a '(__fish_complete_directories; __sandbox_profiles)'
complete -c sandbox -n '__sandbox_at verb' -a run -d 'run a program behind the walls that a profile asks for, or not at all'
complete -c sandbox -n '__sandbox_at verb' -a why -d 'run a program, and tell what was in its way and what would let it pass'
complete -c sandbox -n '__sandbox_at verb' -a check -d 'tell whether profiles are valid, and what in them is dangerous'
complete -c sandbox -n '__sandbox_at verb' -a explain -d 'show what a profile amounts to, where each value comes from, and how it is enforced'
complete -c sandbox -n '__sandbox_at verb' -a diff -d 'show what profile B allows that A does not, and the reverse'
complete -c sandbox -n '__sandbox_at verb' -a changes -d 'list what runs have changed in a root whose changes are kept, apply it, or throw it away'
complete -c sandbox -n '__sandbox_at verb' -a image -d 'look after the cache of unpacked layers of OCI images, which root.image fills'
complete -c sandbox -n '__sandbox_at options run' -s p -l profile -x -a '(__sandbox_profiles)' -d 'the profile: a path, or a name such as judge'
complete -c sandbox -n '__sandbox_at options run' -s s -l set -x -a '(__sandbox_settings)' -d 'override one key of the profile; += adds to a list; may be repeated'
complete -c sandbox -n '__sandbox_at options run' -s f -l file -r -F -d 'show one more file, read-only, in the working directory'
complete -c sandbox -n '__sandbox_at options run' -s r -l report -r -F -d 'write what happened to FILE'
complete -c sandbox -n '__sandbox_at options run' -l report-format -x -a 'json meta' -d 'json (the default) or meta (key:value, as isolate writes it)'
complete -c sandbox -n '__sandbox_at options run' -s v -l verbose -d 'tell on stderr of each denied system call, and how the program ended'
complete -c sandbox -n '__sandbox_at options run' -s h -l help -d 'print a summary of the options'
complete -c sandbox -n '__sandbox_at options run' -l version -d 'print the version'
complete -c sandbox -n '__sandbox_at options why' -s p -l profile -x -a '(__sandbox_profiles)' -d 'the profile: a path, or a name such as judge'
complete -c sandbox -n '__sandbox_at options why' -s s -l set -x -a '(__sandbox_settings)' -d 'override one key of the profile; += adds to a list; may be repeated'
complete -c sandbox -n '__sandbox_at options why' -s f -l file -r -F -d 'show one more file, read-only, in the working directory'
complete -c sandbox -n '__sandbox_at options why' -s o -l output -r -F -d 'write what is told to FILE, not to stderr'
complete -c sandbox -n '__sandbox_at options why' -s h -l help -d 'print a summary of the options'
complete -c sandbox -n '__sandbox_at options check' -s s -l set -x -a '(__sandbox_settings)' -d 'override one key of each profile; += adds to a list; may be repeated'
complete -c sandbox -n '__sandbox_at options check' -l format -x -a 'text json sarif' -d 'text (the default), json, or sarif for code scanners'
complete -c sandbox -n '__sandbox_at options check' -l ignore -x -a 'no-effect claimed-twice writable-executable host-socket raw-dbus agent-socket x11 host-device host-system secrets changing-layer environment-kept secret-environment loader-environment root-capability nested-namespaces host-ipc host-network abstract-sockets wide-family datagrams missing-limits weaker-limits unreachable-limit default-allow unknown-allow i386-calls debug-syscalls mount-syscalls module-syscalls bpf-syscalls perf-syscalls userfaultfd keyring-syscalls file-handles kernel-log privileged-syscalls clock-syscalls obsolete-syscalls' -d 'say nothing of that rule; may be repeated'
complete -c sandbox -n '__sandbox_at options check' -s h -l help -d 'print a summary of the options'
complete -c sandbox -n '__sandbox_at options explain' -s s -l set -x -a '(__sandbox_settings)' -d 'override one key of the profile; += adds to a list; may be repeated'
complete -c sandbox -n '__sandbox_at options explain' -l format -x -a 'text ini' -d 'text (the default), or ini: one profile that stands for itself'
complete -c sandbox -n '__sandbox_at options explain' -s h -l help -d 'print a summary of the options'
complete -c sandbox -n '__sandbox_at options diff' -s s -l set -x -a '(__sandbox_settings)' -d 'override one key of both profiles; += adds to a list; may be repeated'
complete -c sandbox -n '__sandbox_at options diff' -s h -l help -d 'print a summary of the options'
complete -c sandbox -n '__sandbox_at options changes' -s s -l set -x -a '(__sandbox_settings)' -d 'override one key of the profile; += adds to a list; may be repeated'
complete -c sandbox -n '__sandbox_at options changes' -s l -l lower -x -a '(__fish_complete_directories)' -d 'what lies below the changes in DIR, the topmost first; may be repeated'
complete -c sandbox -n '__sandbox_at options changes' -s t -l to -x -a '(__fish_complete_directories)' -d 'apply to DIR, which stands for all that lies below'
complete -c sandbox -n '__sandbox_at options changes' -s n -l dry-run -d 'list what would be applied, and check that it can be'
complete -c sandbox -n '__sandbox_at options changes' -l format -x -a 'text json' -d 'text (the default) or json'
complete -c sandbox -n '__sandbox_at options changes' -s z -l null -d 'end each line with a NUL, and write the path as it is'
complete -c sandbox -n '__sandbox_at options changes' -s h -l help -d 'print a summary of the options'
complete -c sandbox -n '__sandbox_at options image' -l format -x -a 'text json' -d 'text (the default) or json'
complete -c sandbox -n '__sandbox_at options image' -l max-size -x -d 'refuse an image that is larger, unpacked; 16G by default'
complete -c sandbox -n '__sandbox_at options image' -l max-entries -x -d 'refuse an image with more files; 1000000 by default'
complete -c sandbox -n '__sandbox_at options image' -l all -d 'remove all layers that are not in use'
complete -c sandbox -n '__sandbox_at options image' -s h -l help -d 'print a summary of the options'
