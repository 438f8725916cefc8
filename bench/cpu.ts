/** CPU time of a process, or of its threads by name, from /proc: Linux only. */
import { readdirSync, readFileSync } from 'node:fs';

/** Clock ticks a second in /proc/PID/stat; the same on every Linux that Node runs on. */
const TICKS = 100;

/** User and system time of all threads. */
export function cpuSeconds(pid: number): number {
  return secondsIn(`/proc/${pid}/stat`);
}

/** The same of the threads with that name. */
export function threadCpuSeconds(pid: number, name: string): number {
  const folder = `/proc/${pid}/task`;
  const threads = readdirSync(folder).filter(
    (id) => readFileSync(`${folder}/${id}/comm`, 'utf8').trim() === name,
  );
  return threads.reduce((sum, id) => sum + secondsIn(`${folder}/${id}/stat`), 0);
}

/** Resident memory, MiB. */
export function residentMegabytes(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+)/.exec(status)![1]) / 1_024;
}

function secondsIn(path: string): number {
  const fields = readFileSync(path, 'utf8').split(') ')[1]!.split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS;
}
