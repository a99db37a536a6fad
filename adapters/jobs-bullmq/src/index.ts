export {
  type BullJobs,
  type BullJobsOptions,
  createBullJobs,
  type JobCounts,
} from './bull-jobs.js';
