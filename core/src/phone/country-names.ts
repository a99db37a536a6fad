/** ISO 3166-1 alpha-3 beside alpha-2, of countries that have a numbering plan. */
const CODES =
  'ABW:AW AFG:AF AGO:AO AIA:AI ALA:AX ALB:AL AND:AD ARE:AE ARG:AR ARM:AM ASM:AS ATG:AG AUS:AU AUT:AT AZE:AZ BDI:BI BEL:BE ' +
  'BEN:BJ BES:BQ BFA:BF BGD:BD BGR:BG BHR:BH BHS:BS BIH:BA BLM:BL BLR:BY BLZ:BZ BMU:BM BOL:BO BRA:BR BRB:BB BRN:BN BTN:BT ' +
  'BWA:BW CAF:CF CAN:CA CCK:CC CHE:CH CHL:CL CHN:CN CIV:CI CMR:CM COD:CD COG:CG COK:CK COL:CO COM:KM CPV:CV CRI:CR CUB:CU ' +
  'CUW:CW CXR:CX CYM:KY CYP:CY CZE:CZ DEU:DE DJI:DJ DMA:DM DNK:DK DOM:DO DZA:DZ ECU:EC EGY:EG ERI:ER ESH:EH ESP:ES EST:EE ' +
  'ETH:ET FIN:FI FJI:FJ FLK:FK FRA:FR FRO:FO FSM:FM GAB:GA GBR:GB GEO:GE GGY:GG GHA:GH GIB:GI GIN:GN GLP:GP GMB:GM GNB:GW ' +
  'GNQ:GQ GRC:GR GRD:GD GRL:GL GTM:GT GUF:GF GUM:GU GUY:GY HKG:HK HND:HN HRV:HR HTI:HT HUN:HU IDN:ID IMN:IM IND:IN IOT:IO ' +
  'IRL:IE IRN:IR IRQ:IQ ISL:IS ISR:IL ITA:IT JAM:JM JEY:JE JOR:JO JPN:JP KAZ:KZ KEN:KE KGZ:KG KHM:KH KIR:KI KNA:KN KOR:KR ' +
  'KWT:KW LAO:LA LBN:LB LBR:LR LBY:LY LCA:LC LIE:LI LKA:LK LSO:LS LTU:LT LUX:LU LVA:LV MAC:MO MAF:MF MAR:MA MCO:MC MDA:MD ' +
  'MDG:MG MDV:MV MEX:MX MHL:MH MKD:MK MLI:ML MLT:MT MMR:MM MNE:ME MNG:MN MNP:MP MOZ:MZ MRT:MR MSR:MS MTQ:MQ MUS:MU MWI:MW ' +
  'MYS:MY MYT:YT NAM:NA NCL:NC NER:NE NFK:NF NGA:NG NIC:NI NIU:NU NLD:NL NOR:NO NPL:NP NRU:NR NZL:NZ OMN:OM PAK:PK PAN:PA ' +
  'PER:PE PHL:PH PLW:PW PNG:PG POL:PL PRI:PR PRK:KP PRT:PT PRY:PY PSE:PS PYF:PF QAT:QA REU:RE ROU:RO RUS:RU RWA:RW SAU:SA ' +
  'SDN:SD SEN:SN SGP:SG SHN:SH SJM:SJ SLB:SB SLE:SL SLV:SV SMR:SM SOM:SO SPM:PM SRB:RS SSD:SS STP:ST SUR:SR SVK:SK SVN:SI ' +
  'SWE:SE SWZ:SZ SXM:SX SYC:SC SYR:SY TCA:TC TCD:TD TGO:TG THA:TH TJK:TJ TKL:TK TKM:TM TLS:TL TON:TO TTO:TT TUN:TN TUR:TR ' +
  'TUV:TV TWN:TW TZA:TZ UGA:UG UKR:UA URY:UY USA:US UZB:UZ VAT:VA VCT:VC VEN:VE VGB:VG VIR:VI VNM:VN VUT:VU WLF:WF WSM:WS ' +
  'XKX:XK YEM:YE ZAF:ZA ZMB:ZM ZWE:ZW';

export const COUNTRY_CODES_OF_THREE: Readonly<Record<string, string>> = Object.fromEntries(
  CODES.split(' ').map((pair) => {
    const [three = '', two = ''] = pair.split(':');
    return [three.toLowerCase(), two];
  }),
);

/** Languages whose names of countries are read: those of the runtime's own data (CLDR). */
export const COUNTRY_LANGUAGES =
  'en de fr es it pt nl pl sv da nb fi cs sk hu ro bg el tr ru uk hr sl et lv lt ca ja zh zh-Hant ko ar he hi id vi th'.split(
    ' ',
  );

/** What people write that CLDR does not; without accents, points and capitals. */
export const COUNTRY_ALIASES: Readonly<Record<string, string>> = {
  'u s': 'US',
  'u s a': 'US',
  america: 'US',
  'united states of america': 'US',
  amerika: 'US',
  'estados unidos de america': 'US',
  'etats unis d amerique': 'US',
  'vereinigte staaten von amerika': 'US',
  eeuu: 'US',
  'ee uu': 'US',
  uk: 'GB',
  'u k': 'GB',
  'great britain': 'GB',
  britain: 'GB',
  england: 'GB',
  scotland: 'GB',
  wales: 'GB',
  'northern ireland': 'GB',
  'united kingdom of great britain and northern ireland': 'GB',
  'grande bretagne': 'GB',
  'gran bretana': 'GB',
  'gran bretagna': 'GB',
  grossbritannien: 'GB',
  großbritannien: 'GB',
  angleterre: 'GB',
  inglaterra: 'GB',
  inghilterra: 'GB',
  ger: 'DE',
  brd: 'DE',
  'federal republic of germany': 'DE',
  'bundesrepublik deutschland': 'DE',
  sui: 'CH',
  holland: 'NL',
  hollande: 'NL',
  holanda: 'NL',
  niederlande: 'NL',
  eire: 'IE',
  'republic of ireland': 'IE',
  'czech republic': 'CZ',
  czechia: 'CZ',
  'slovak republic': 'SK',
  'russian federation': 'RU',
  uae: 'AE',
  'u a e': 'AE',
  emirates: 'AE',
  ksa: 'SA',
  'kingdom of saudi arabia': 'SA',
  'ivory coast': 'CI',
  'cape verde': 'CV',
  swaziland: 'SZ',
  burma: 'MM',
  'east timor': 'TL',
  macedonia: 'MK',
  fyrom: 'MK',
  turkey: 'TR',
  korea: 'KR',
  'south korea': 'KR',
  'republic of korea': 'KR',
  'korea republic of': 'KR',
  'korea south': 'KR',
  'north korea': 'KP',
  'korea democratic people s republic of': 'KP',
  'hong kong': 'HK',
  hongkong: 'HK',
  macau: 'MO',
  'taiwan province of china': 'TW',
  'taiwan r o c': 'TW',
  prc: 'CN',
  'p r china': 'CN',
  'people s republic of china': 'CN',
  'viet nam': 'VN',
  'iran islamic republic of': 'IR',
  'syrian arab republic': 'SY',
  'lao people s democratic republic': 'LA',
  'moldova republic of': 'MD',
  'tanzania united republic of': 'TZ',
  'venezuela bolivarian republic of': 'VE',
  'bolivia plurinational state of': 'BO',
  'brunei darussalam': 'BN',
  'palestine state of': 'PS',
  'holy see': 'VA',
  drc: 'CD',
  'dr congo': 'CD',
  'democratic republic of the congo': 'CD',
  'congo democratic republic of the': 'CD',
  'republic of the congo': 'CG',
  nz: 'NZ',
};

/** Names that mean two countries whose numbers differ. */
export const AMBIGUOUS_NAMES: ReadonlySet<string> = new Set(['congo', 'guiana', 'virgin islands']);
