# SPDX-License-Identifier: MIT
# A made-up recording with energy counters: idle loops of CPUs whose power by state is known.
#   energy.py SEED KIND FOLDER: plain, wraps, coarse, still, dies (no CPU knows its package), noise, perf, gap
# Prints, for each package, the watts of busy and of the states.
import math, os, random, sys

seed, kind, folder = int(sys.argv[1]), sys.argv[2], sys.argv[3]
rng = random.Random(seed)
STATES = [('POLL', 0, 0), ('C1', 2, 4), ('C2', 20, 100), ('C3', 100, 600)] # name, latency, residency in us
PACKAGES, CPUS, SECONDS, STEP_NS = 2, 2, 8, 50_000_000
RANGE_UJ = 3_000_000 if kind == 'wraps' else 262143328850
UNIT_UJ = 200_000 if kind == 'coarse' else 61.035

os.makedirs(folder)
lines, meters = [], []
for package in range(PACKAGES):
    watts = [rng.uniform(3, 9)]
    for _ in STATES:
        watts.append(watts[-1] * rng.uniform(0.35, 0.9))
    cells = [[] for _ in range(SECONDS * 1_000_000_000 // STEP_NS)] # joules by interval
    joules = [0.0] * len(cells)
    spent = [0] * (1 + len(STATES))

    def spend(column, at, end):
        spent[column] += end - at
        while at < end:
            cell = at // STEP_NS
            edge = min(end, (cell + 1) * STEP_NS)
            if cell < len(joules):
                joules[cell] += watts[column] * (edge - at) * 1e-9
            at = edge

    for cpu in range(package * CPUS, package * CPUS + CPUS):
        at, level, load = 1000, 0.0, [1, 1, 1, 1]
        while at < SECONDS * 1_000_000_000 + 10_000_000:
            if kind != 'still' and rng.random() < 0.02: # the load changes
                level, load = rng.uniform(-1.5, 1.5), [rng.random() ** 2 for _ in STATES]
            state = rng.choices(range(4), [w * p for w, p in zip([0.5, 1, 1, 1], load)])[0]
            busy = int(rng.expovariate(1 / (500_000 * math.exp(level))))
            slept = int(rng.expovariate(1 / [150_000, 200_000, 400_000, 900_000][state]))
            if kind == 'still':
                busy, slept, state = 300_000, [75_000, 100_000, 200_000, 400_000][at // 1000 % 4], at // 1000 % 4
                at = at // 1000 * 1000 + 1000
            busy, slept = (v // 1000 * 1000 + 1000 for v in (busy, slept))
            spend(0, at, at + busy)
            at += busy
            lines.append((at, cpu, f'sched_switch: prev_comm=a prev_pid=7 prev_prio=120 prev_state=S ==> next_comm=swapper/{cpu} next_pid=0 next_prio=120'))
            lines.append((at, cpu, f'cpu_idle: state={state} cpu_id={cpu}'))
            spend(1 + state, at, at + slept)
            at += slept
            lines.append((at, cpu, f'cpu_idle: state=4294967295 cpu_id={cpu}'))
            lines.append((at, cpu, f'sched_switch: prev_comm=swapper/{cpu} prev_pid=0 prev_prio=120 prev_state=R ==> next_comm=a next_pid=7 next_prio=120'))
    counter, total, shift = 2_900_000.0 if kind == 'wraps' else 1000.0, 0, rng.uniform(0, 1)
    for cell, j in enumerate([0.0] + joules):
        noise = 0.3 * rng.gauss(0, 1) if kind == 'noise' else 0.01 * rng.gauss(0, 1)
        j *= 1 + noise
        total += j
        counter += j * 1e6
        read = math.floor(counter / UNIT_UJ) * UNIT_UJ
        if kind == 'perf':
            lines.append((cell * STEP_NS + 5, package * CPUS, f'{int(j * 2**32)} power/energy-pkg/: 0'))
        else:
            lines.append((cell * STEP_NS + 5, 0, f'tracing_mark_write: idlelab energy {package} {int(read % RANGE_UJ)}'))
    print(package, *(f'{w:.6f}' for w in watts), *(f'{n / sum(spent):.5f}' for n in spent))
lines.sort(key=lambda l: l[0])
with open(f'{folder}/{"perf.txt" if kind == "perf" else "trace.txt"}', 'w') as out:
    if kind != 'perf':
        print('# tracer: nop', file=out)
    lost = False
    for at, cpu, text in lines:
        at += 5_000_000_000
        if kind == 'gap' and not lost and at > 7_000_000_000:
            print('CPU:1 [LOST 500 EVENTS]', file=out)
            lost = True
        if kind == 'gap' and cpu == 1 and 7_000_000_000 < at < 7_400_000_000:
            continue
        if kind == 'perf':
            name = text if 'power/' in text else ('sched:' if text.startswith('sched') else 'power:') + text
            print(f'  a  7 [{cpu:03}] {at // 10**9}.{at % 10**9:09}: {name}', file=out)
        else:
            print(f'    a-7   [{cpu:03}] d..1. {at // 10**9}.{at // 1000 % 10**6:06}: {text}', file=out)
for name in 'before', 'after':
    with open(f'{folder}/states.{name}', 'w') as out:
        for cpu in range(PACKAGES * CPUS):
            for s, (state, latency, residency) in enumerate(STATES):
                print(f'cpu{cpu} state{s} {state} {latency} {residency} 0 0 0 0 0 0', file=out)
with open(f'{folder}/about', 'w') as out:
    print('kernel=6.12.1\ndriver=intel_idle\ngovernor=menu\nhz=250', file=out)
    for package in range(PACKAGES):
        print(f'energy_range_uj_{package}={RANGE_UJ}', file=out)
    for cpu in range(PACKAGES * CPUS):
        if kind != 'dies':
            print(f'package_of_cpu{cpu}={cpu // CPUS}', file=out)
