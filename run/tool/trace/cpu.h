/* SPDX-License-Identifier: MIT */
/* The idle loops of all CPUs, followed through a trace: event by event in, passes out. */
#ifndef LAB_TOOL_TRACE_CPU_H
#define LAB_TOOL_TRACE_CPU_H

#include "lib/governor/idle_table.h"
#include "run/tool/trace/event.h"
#include "run/tool/trace/pass.h"
#include "run/tool/trace/timers.h"

struct trace_cpu {
    FILE *passes; /* NULL until the first */
    uint64_t pass_count, refused, lost, gaps;
    uint32_t deepest; /* the highest state that it was in */
    /* Passes between the readings of sysfs' counters, and their time, by state. */
    uint64_t counted[IDLE_STATES_MAX], counted_ns[IDLE_STATES_MAX];
    bool counting, marked; /* between these readings; they are marked in the trace */
    /* The tick. */
    uint64_t tick_id;
    int64_t tick_ns; /* when its hrtimer expires */
    bool tick_armed, tick_seen, stopped;
    int64_t stop_tick_ns; /* its expiry before this pass stopped it */
    bool stopping;
    int64_t phase_ns; /* of the tick within its period */
    /* The wheel. */
    bool wheel_idle; /* its global timers are left to others */
    bool timers_seen;
    /* The idle loop. */
    bool idle, origin_known;
    int64_t origin_ns;     /* of the next pass */
    bool inside, left;     /* a pass is open; the state has been left */
    uint64_t cancelled_id; /* the last timer of the wheel that was cancelled here; its start was seen */
    bool cancelled_known;
    bool gap;         /* events were lost since the last pass */
    int64_t known_ns; /* since when no event is lost */
    int64_t last_ns;  /* of the last event */
    struct trace_pass pass;
    /* What the probes said of the select that is under way. */
    bool selecting;
    struct trace_pass told;
    int64_t limit_ns;
    bool limit_known;
    int64_t interrupt_ns; /* when the last event was an interrupt's; 0: it was not */
    int64_t *rcu_ns;      /* when RCU's softirq began */
    uint32_t rcus, rcu_room;
    uint32_t waiters; /* tasks that sleep in state D since they ran here */
};

enum {
    TRACE_VOTES = 8,
    TRACE_PIDS = 1 << 16,
    TRACE_EARLY_MAX = 4096,
    TRACE_EARLY_BITS = 1 << 16,
    TRACE_READINGS_MAX = 1 << 20,
    TRACE_RCUS_MAX = 1 << 20
};

/* A wheel timer that was armed before the recording: known once it has expired. */
struct trace_early {
    uint32_t cpu;
    int64_t since_ns, at_ns; /* it counts for passes between these */
    uint64_t id;
    bool pinned; /* known once it is started again, as is that it wakes nobody: it is taken out then */
};

/* Jiffies less ticks of the monotonic clock: what most timer starts say. */
struct trace_votes {
    int64_t offset[TRACE_VOTES];
    uint64_t count[TRACE_VOTES];
};

/* A package's energy counter; by perf a CPU stands for its package, and the joules count from its last reading. */
struct trace_reading {
    int64_t time_ns;
    uint64_t count; /* uJ, or 2^-32 J */
    uint32_t package;
    bool since;
};

struct trace_machine {
    struct trace_cpu *cpu[TRACE_CPUS_MAX]; /* NULL: no event of it */
    uint32_t cpus;                         /* behind the highest */
    struct trace_timers *timers;
    int64_t tick_period_ns;
    int64_t realtime_offset_ns; /* of CLOCK_REALTIME, 0: unknown */
    bool shared_wheel;          /* timer_base_idle was seen: Linux 6.9 or later */
    struct trace_votes jiffies;
    struct trace_early early[TRACE_EARLY_MAX]; /* as they expired */
    uint32_t earlies;
    uint64_t early_bits[TRACE_EARLY_BITS / 64]; /* hashes of their numbers */
    int64_t limit_ns;                           /* PM QoS', for all CPUs */
    bool limit_known;
    int32_t waiting_pid[TRACE_PIDS]; /* tasks in state D, by their number's low bits; 0 for none */
    uint32_t waiting_cpu[TRACE_PIDS];
    int64_t first_ns, last_ns;
    uint64_t events, lost, unplaced;
    uint32_t kinds;                     /* bit per enum trace_kind: was seen */
    uint64_t backwards;                 /* events that are older than one before them */
    uint64_t idle_events;               /* of CPUs that are in their idle loop */
    uint64_t event_steps, event_sum_ns; /* from an interrupt's event to that of its timer: what one costs at most */
    int64_t clock_error_ns;             /* the least distance of a tick's expiry from its event's time stamp */
    uint32_t clock_seen;
    bool told;                     /* there are probes */
    struct trace_reading *reading; /* of energy counters, as they came */
    uint32_t readings, reading_room;
    char *folder; /* for the temporary files */
    const char *error;
};

struct trace_machine *trace_machine_new(int64_t tick_period_ns, const char *folder);
void trace_machine_free(struct trace_machine *machine);

/* Takes one event. False where something cannot be done: machine->error. */
bool trace_machine_take(struct trace_machine *machine, const struct trace_event *event);

/* Ends all open passes. False as above. */
bool trace_machine_end(struct trace_machine *machine);

/* The CPU's record, made where there is none; NULL where there is no memory. */
struct trace_cpu *trace_machine_cpu(struct trace_machine *machine, uint32_t cpu);

/* idle.c: takes an event of a CPU's idle loop, ends its pass (adding flags), notes that an interrupt has come. */
bool trace_machine_idle(struct trace_machine *machine, struct trace_cpu *cpu, const struct trace_event *event);
bool trace_machine_end_pass(struct trace_machine *machine, struct trace_cpu *cpu, uint32_t flags);
void trace_machine_interrupt(struct trace_cpu *cpu, const struct trace_event *event);

/* timer_base.c: what timers do to it. */
void trace_machine_timer(struct trace_machine *machine, struct trace_cpu *cpu, const struct trace_event *event);

/* Notes when the tick comes; from an event or from /proc/timer_list. */
void trace_cpu_arm_tick(const struct trace_machine *machine, struct trace_cpu *cpu, uint64_t id, int64_t expires_ns);

/* distance.c: adds what is known only afterwards: timers that were armed before the recording, what RCU waits for. */
void trace_distances_later(const struct trace_machine *machine, uint32_t number, struct trace_pass *pass);

/* distance.c: what the governor was told about the timers, as far as the trace says: next_ns, tick_ns, flags. */
void trace_distances(struct trace_machine *machine, uint32_t number, struct trace_pass *pass);

#endif
