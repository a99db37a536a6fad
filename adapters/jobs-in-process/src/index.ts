export {
  createInProcessJobs,
  type InProcessJobs,
  type InProcessJobsOptions,
  type JobHandlers,
} from './in-process-jobs.js';
