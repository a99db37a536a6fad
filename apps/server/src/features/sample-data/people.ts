/** Invented people and companies on fictional numbers (555-01xx is set aside for that in North America). */
export const SAMPLE_AGENTS = [
  { name: 'Alex Morgan', email: 'alex@outdial.example' },
  { name: 'Sam Rivera', email: 'sam@outdial.example' },
  { name: 'Kim Nguyen', email: 'kim@outdial.example' },
] as const;

/** Who may sign in to the demo. The agent is the first of those above. */
export const SAMPLE_USERS = [
  { ...SAMPLE_AGENTS[0], role: 'agent' },
  { name: 'Robin Ellis', email: 'supervisor@outdial.example', role: 'supervisor' },
  { name: 'Chris Adeyemi', email: 'admin@outdial.example', role: 'admin' },
] as const;

type SampleLead = readonly [
  name: string,
  jobTitle: string,
  company: string,
  industry: string,
  headcount: string,
  phone: string,
];

export const SAMPLE_LEADS: readonly SampleLead[] = [
  ['Maya Okafor', 'VP Sales', 'Northwind Analytics', 'Software', '51-200', '+12125550101'],
  ['Daniel Brandt', 'Head of Growth', 'Kestrel Logistics', 'Logistics', '201-500', '+13125550102'],
  [
    'Priya Raman',
    'Operations Director',
    'Bluebird Clinics',
    'Healthcare',
    '501-1000',
    '+16175550103',
  ],
  ['Tomás Herrera', 'Founder', 'Casa Verde Homes', 'Real Estate', '11-50', '+13055550104'],
  [
    'Helen Fischer',
    'Procurement Manager',
    'Albright Steel',
    'Manufacturing',
    '1001-5000',
    '+14125550105',
  ],
  ['Jonas Lind', 'CTO', 'Fjord Payments', 'Finance', '51-200', '+14155550106'],
  ['Aisha Mbeki', 'Sales Operations Lead', 'Sunward Solar', 'Energy', '201-500', '+16025550107'],
  ['Robert Chen', 'Chief of Staff', 'Harbor Foods', 'Retail', '501-1000', '+12065550108'],
  [
    'Laura Whitfield',
    'Marketing Director',
    'Pinegrove Hotels',
    'Hospitality',
    '201-500',
    '+17025550109',
  ],
  ['Samir Haddad', 'IT Manager', 'Cedar Valley Schools', 'Education', '1001-5000', '+13035550110'],
  ['Grace Palmer', 'COO', 'Quill & Sparrow', 'Media', '11-50', '+15035550111'],
  ['Victor Osei', 'Regional Manager', 'Granite Insurance', 'Insurance', '5001+', '+18605550112'],
  ['Nina Castellanos', 'Customer Success Lead', 'Mosaic HR', 'Software', '51-200', '+15125550113'],
  [
    'Owen Gallagher',
    'Plant Manager',
    'Ironbridge Tools',
    'Manufacturing',
    '201-500',
    '+14145550114',
  ],
  ['Yuki Tanaka', 'Product Manager', 'Lumen Robotics', 'Software', '201-500', '+14085550115'],
  ['Claire Dubois', 'Finance Director', 'Maison Laurent', 'Retail', '51-200', '+15045550116'],
  ['Marcus Bell', 'Fleet Supervisor', 'Redline Freight', 'Logistics', '501-1000', '+19015550117'],
  [
    'Elena Popescu',
    'Clinic Manager',
    'Riverside Dental Group',
    'Healthcare',
    '11-50',
    '+12155550118',
  ],
  ['Hassan Ali', 'Energy Buyer', 'Great Lakes Power', 'Energy', '1001-5000', '+13135550119'],
  ['Julia Novak', 'Head of People', 'Tern Mobility', 'Transport', '51-200', '+16195550120'],
  ['Peter Lindqvist', 'Branch Director', 'Copperfield Bank', 'Finance', '5001+', '+17045550121'],
  [
    'Amara Singh',
    'Partnerships Manager',
    'Openfield Learning',
    'Education',
    '11-50',
    '+19195550122',
  ],
  [
    'Diego Fuentes',
    'General Manager',
    'Playa Sol Resorts',
    'Hospitality',
    '501-1000',
    '+16195550123',
  ],
  ['Ruth Abramson', 'Editor in Chief', 'The Morning Ledger', 'Media', '51-200', '+12025550199'],
];

export const SAMPLE_QUEUE = 'Sample: first calls';
