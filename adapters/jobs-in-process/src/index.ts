export {
  createInProcessJobs,
  type InProcessJobs,
  type InProcessJobsOptions,
} from './in-process-jobs.js';
