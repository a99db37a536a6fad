import type { FileEncoding } from '@outdial/protocol';
import { describe, expect, it } from 'vitest';
import { decodeBytes } from './decode-bytes.js';
import { lookAtFile, type ReadingWishes } from './look-at-file.js';
import { UnreadableFile } from './unreadable-file.js';

const look = (content: string | Uint8Array, wishes: ReadingWishes = {}) =>
  lookAtFile(typeof content === 'string' ? Buffer.from(content) : content, wishes).looked;
const refusal = (content: string | Uint8Array): string => {
  try {
    look(content);
  } catch (error) {
    if (error instanceof UnreadableFile) return error.message;
    throw error;
  }
  throw new Error('It was read.');
};
/** "Phone = phone_number", in the order of the columns. */
const guessOf = (columns: string, ...rows: string[]): string[] => {
  const { mapping, columns: names } = look([columns, ...rows].join('\n'));
  return names.flatMap((name) =>
    Object.hasOwn(mapping, name) ? [`${name} = ${mapping[name]}`] : [],
  );
};

describe('which column is what', () => {
  it.each<[string, string[], string[]]>([
    [
      'Outdial itself',
      [
        'name,job_title,phone_number,company,email,headcount,industry,time_zone,score',
        'Ann,CEO,+12025550101,Acme,a@b.example,5,IT,America/New_York,7',
      ],
      [
        'name = name',
        'job_title = job_title',
        'phone_number = phone_number',
        'company = company',
        'email = email',
        'headcount = headcount',
        'industry = industry',
        'time_zone = time_zone',
        'score = score',
      ],
    ],
    [
      'HubSpot',
      [
        'Record ID,First Name,Last Name,Email,Phone Number,Company name,Job Title,HubSpot Score,Contact owner',
        '12345678,Ann,Lee,a@b.example,+12025550101,Acme,CEO,7,Rep Resentative',
      ],
      [
        'First Name = first_name',
        'Last Name = last_name',
        'Email = email',
        'Phone Number = phone_number',
        'Company name = company',
        'Job Title = job_title',
        'HubSpot Score = score',
      ],
    ],
    [
      'Salesforce',
      [
        'Full Name,Title,Account Name,Phone,Mobile,E-mail,No. of Employees,Industry',
        'Ann Lee,CEO,Acme,+12025550101,+12025550102,a@b.example,50,IT',
      ],
      [
        'Full Name = name',
        'Title = job_title',
        'Account Name = company',
        'Phone = phone_number',
        'Mobile = phone_number',
        'E-mail = email',
        'No. of Employees = headcount',
        'Industry = industry',
      ],
    ],
    [
      'Pipedrive',
      [
        'Person - ID,Person - Name,Person - Organization,Person - Email - Work,Person - Phone - Work,Person - Phone - Mobile,Person - Owner',
        '17,Pia Drive,Acme,p@b.example,+442079460122,+447700900122,Rep',
      ],
      [
        'Person - Name = name',
        'Person - Organization = company',
        'Person - Email - Work = email',
        'Person - Phone - Work = phone_number',
        'Person - Phone - Mobile = phone_number',
      ],
    ],
    [
      'Google Contacts',
      [
        'First Name,Last Name,Organization Name,Organization Title,E-mail 1 - Label,E-mail 1 - Value,Phone 1 - Label,Phone 1 - Value,Phone 2 - Label,Phone 2 - Value',
        'Goo,Gle,Acme,Buyer,* Work,g@b.example,Mobile,+12025550101,Work,+12025550102',
      ],
      [
        'First Name = first_name',
        'Last Name = last_name',
        'Organization Name = company',
        'Organization Title = job_title',
        'E-mail 1 - Value = email',
        'Phone 1 - Value = phone_number',
        'Phone 2 - Value = phone_number',
      ],
    ],
    [
      'Outlook, whose "Title" is no job',
      [
        '"Title","First Name","Last Name","Company","Job Title","Business Phone","Business Fax","E-mail Address"',
        '"Dr.","Otto","Look","Acme","Buyer","+12025550101","+12025550199","o@b.example"',
      ],
      [
        'First Name = first_name',
        'Last Name = last_name',
        'Company = company',
        'Job Title = job_title',
        'Business Phone = phone_number',
        'E-mail Address = email',
      ],
    ],
    [
      'VICIdial',
      [
        'VENDOR_LEAD_CODE|LIST_ID|PHONE_CODE|PHONE_NUMBER|TITLE|FIRST_NAME|LAST_NAME|ALT_PHONE|EMAIL',
        '1|101|44|2079460231|Mr|Vic|Dial|2079460230|v@b.example',
      ],
      [
        'PHONE_CODE = country',
        'PHONE_NUMBER = phone_number',
        'FIRST_NAME = first_name',
        'LAST_NAME = last_name',
        'ALT_PHONE = phone_number',
        'EMAIL = email',
      ],
    ],
    [
      'a German spreadsheet',
      [
        'Anrede;Name;Vorname;Firma;Rufnummer;Handy;E-Mail-Adresse;Branche;Mitarbeiter;Nicht anrufen',
        'Herr;Muster;Max;Beispiel GmbH;030 5550214;0151 55502140;m@b.example;IT;50;nein',
      ],
      [
        'Name = last_name',
        'Vorname = first_name',
        'Firma = company',
        'Rufnummer = phone_number',
        'Handy = phone_number',
        'E-Mail-Adresse = email',
        'Branche = industry',
        'Mitarbeiter = headcount',
        'Nicht anrufen = do_not_call',
      ],
    ],
    [
      'a French one',
      [
        'PRÉNOM;NOM;Société;Numéro de téléphone;Portable;Adresse e-mail;Secteur;Pays;Ne pas appeler',
        'Luc;Martin;Ex SA;01 99 00 02 15;06 39 98 02 15;l@b.example;BTP;France;oui',
      ],
      [
        'PRÉNOM = first_name',
        'NOM = last_name',
        'Société = company',
        'Numéro de téléphone = phone_number',
        'Portable = phone_number',
        'Adresse e-mail = email',
        'Secteur = industry',
        'Pays = country',
        'Ne pas appeler = do_not_call',
      ],
    ],
    [
      'a Spanish one',
      [
        'Nombre;Apellidos;Empresa;Cargo;Teléfono;Móvil;Correo electrónico;País',
        'Ana;López;Ej SL;Directora;910 555 216;600 555 216;a@b.example;España',
      ],
      [
        'Nombre = first_name',
        'Apellidos = last_name',
        'Empresa = company',
        'Cargo = job_title',
        'Teléfono = phone_number',
        'Móvil = phone_number',
        'Correo electrónico = email',
        'País = country',
      ],
    ],
    [
      'an Italian one',
      [
        'Nome;Cognome;Azienda;Ruolo;Telefono;Cellulare;Indirizzo email;Settore',
        'Gina;Bianchi;Es Srl;Capo;06 5550 9630;347 555 0963;g@b.example;IT',
      ],
      [
        'Nome = first_name',
        'Cognome = last_name',
        'Azienda = company',
        'Ruolo = job_title',
        'Telefono = phone_number',
        'Cellulare = phone_number',
        'Indirizzo email = email',
        'Settore = industry',
      ],
    ],
    [
      'a Portuguese one',
      [
        'Nome completo;Empresa;Telefone;Celular;Endereço de e-mail;Não ligar',
        'Rui Costa;Ex Lda;21 555 0963;91 555 0963;r@b.example;sim',
      ],
      [
        'Nome completo = name',
        'Empresa = company',
        'Telefone = phone_number',
        'Celular = phone_number',
        'Endereço de e-mail = email',
        'Não ligar = do_not_call',
      ],
    ],
    [
      'a Dutch one',
      [
        'Voornaam;Achternaam;Bedrijf;Functie;Telefoonnummer;Mobiel;E-mailadres;Niet bellen',
        'Jan;Smit;Vb BV;Koper;020 555 0963;06 5550 9630;j@b.example;ja',
      ],
      [
        'Voornaam = first_name',
        'Achternaam = last_name',
        'Bedrijf = company',
        'Functie = job_title',
        'Telefoonnummer = phone_number',
        'Mobiel = phone_number',
        'E-mailadres = email',
        'Niet bellen = do_not_call',
      ],
    ],
  ])('is guessed in a file of %s', (_name, [heading = '', ...rows], expected) => {
    expect(guessOf(heading, ...rows)).toEqual(expected);
  });

  it('which column is what is judged by the cells, too: a record number is no telephone number', () => {
    expect(guessOf('Number,Full Name,Direct Dial', '10023456,Ann Direct,030 5550217')).toEqual([
      'Full Name = name',
      'Direct Dial = phone_number',
    ]);
    expect(guessOf('Number,Full Name', '10023456,Ann Direct')).toEqual(['Full Name = name']);
    expect(guessOf('Number,Full Name', '+1 202 555 0101,Ann Direct')).toContain(
      'Number = phone_number',
    );
    expect(
      guessOf('Who,Reach at', 'Ann Direct,+1 202 555 0101', 'Bob Direct,+1 202 555 0102'),
    ).toEqual(['Who = name', 'Reach at = phone_number']);
    expect(guessOf('Name,Phone,Email status', 'Ann,+1 202 555 0101,Verified')).not.toContain(
      'Email status = email',
    );
    expect(guessOf('Name,Phone Type,Phone', 'Ann,Mobile,+1 202 555 0101')).toEqual([
      'Name = name',
      'Phone = phone_number',
    ]);
  });

  it('which column is what puts direct and mobile numbers before those of a company', () => {
    const { phoneColumns } = look(
      'Name,Company HQ Phone,Home Phone,Mobile Phone,Phone,Direct Phone\nAnn,+12025550101,+12025550102,+12025550103,+12025550104,+12025550105',
    );
    expect(phoneColumns).toEqual([
      'Direct Phone',
      'Phone',
      'Mobile Phone',
      'Home Phone',
      'Company HQ Phone',
    ]);
  });

  it('which column is what takes no number of another person, unless there is no other', () => {
    expect(
      look('Full Name,Phone,Assistant Phone\nAnn Lee,+12025550101,+12025550102').phoneColumns,
    ).toEqual(['Phone']);
    expect(
      look('Name,Lead Owner Mobile,Mobile,Emergency contact phone\nAnn,+12025550101,,+12025550102')
        .phoneColumns,
    ).toEqual(['Mobile']);
    expect(look('Address,Owner Phone\n1 High St,+12025550101').phoneColumns).toEqual([
      'Owner Phone',
    ]);
  });

  it.each([
    ['Do not allow Phone Calls', 'Do Not Allow'],
    ['Unsubscribed from all calls', 'TRUE'],
    ['Registro Opposizioni', 'iscritto'],
    ['Ring inte', 'x'],
    ['DND', 'Y'],
    ['Ne plus appeler', 'oui'],
    ['Nie kontaktować', 'tak'],
    ['Не беспокоить', 'да'],
    ['请勿致电', '是'],
    ['전화금지', '예'],
    ['Reklamebeskyttet', 'ja'],
  ])('reads who must not be called from "%s"', (heading, cell) => {
    expect(guessOf(`Name,Phone,${heading}`, `Ann,+12025550101,${cell}`)).toContain(
      `${heading} = do_not_call`,
    );
  });

  it.each([
    ['Call allowed', 'No', 'consent'],
    ['Contact by phone?', 'No', 'consent'],
    ['OK to call', 'No', 'consent'],
    ['Telefonkontakt erlaubt', 'Nein', 'consent'],
    ['Preferred contact method', 'E-mail', 'consent'],
    ['Status', 'Do not call', 'do_not_call'],
    ['Disposition', 'DNC - asked twice', 'do_not_call'],
    ['(Do Not Modify) Row Checksum', 'a1b2', null],
    ['Status', 'Called, no answer', null],
  ])('says what "%s: %s" carries', (heading, cell, carries) => {
    const { unread } = look(`Name,Phone,${heading}\nBob,+12025550102,\nAnn,+12025550101,"${cell}"`);
    expect(unread).toEqual([{ column: heading, sample: cell, carries }]);
  });

  it.each([
    ['Имя;Телефон;Почта', 'Анна;8 912 345-67-89;a@b.example', 'Телефон'],
    [
      'Imię;Nazwisko;Telefon komórkowy;E-mail',
      'Anna;Nowak;512 345 678;a@b.example',
      'Telefon komórkowy',
    ],
    ['姓名;手机;邮箱', '王芳;139 1234 5678;a@b.example', '手机'],
    ['Name;전화번호;Email', 'Kim;010-2345-6789;a@b.example', '전화번호'],
    ['Adı;Soyadı;Cep Telefonu;E-posta', 'Ayşe;Yılmaz;0501 234 56 78;a@b.example', 'Cep Telefonu'],
    ['Förnamn;Efternamn;Telefonnummer;E-post', 'Åsa;Ek;070-123 45 67;a@b.example', 'Telefonnummer'],
  ])('reads the headings %s', (heading, row, phone) => {
    const { unread, phoneColumns } = look(`${heading}\n${row}`);
    expect({ unread, phoneColumns }).toEqual({ unread: [], phoneColumns: [phone] });
  });

  it('which column is what leaves alone what it does not know', () => {
    expect(guessOf('Favourite colour,,42,constructor,__proto__', 'red,x,y,z,a')).toEqual([]);
  });

  it('which column is what says what is not read, above all what the law asks about', () => {
    const { unread, warnings } = look(
      'Name,Phone,Marketing consent,Shoe size\nAnn,+12025550101,,38\nBob,+12025550102,yes,39',
    );
    expect(unread).toEqual([
      { column: 'Marketing consent', sample: 'yes', carries: 'consent' },
      { column: 'Shoe size', sample: '38', carries: null },
    ]);
    expect(warnings).toMatchObject([{ code: 'unread_consent' }]);
    const left = look('Name,Phone,Do Not Call\nAnn,+12025550101,TRUE', {
      mapping: { Name: 'name', Phone: 'phone_number' },
    });
    expect(left.warnings).toMatchObject([{ code: 'unread_do_not_call' }]);
  });
});

describe('where the heading is', () => {
  it.each<[string, string, number, string[]]>([
    ['a separator line of Excel', 'sep=;\nName;Phone\nAnn;+12025550101', 2, ['Name', 'Phone']],
    [
      'a separator line with a mark before it',
      '\uFEFFsep=\t\r\nName\tPhone\r\nAnn\t+12025550101',
      2,
      ['Name', 'Phone'],
    ],
    [
      'a title',
      'Leads report March,,,\n\nFirst Name,Last Name,Phone,Company\nAnn,Lee,+12025550101,Acme',
      3,
      ['First Name', 'Last Name', 'Phone', 'Company'],
    ],
    [
      'notes',
      'Notes:\n"This export may lack addresses, as members chose so."\n\nFirst Name,Email Address,Phone\nAnn,a@b.example,+12025550101',
      4,
      ['First Name', 'Email Address', 'Phone'],
    ],
    [
      'headings of which none is known',
      'Quarterly list\n\nKolom A,Kolom B\nx,y\nz,w',
      3,
      ['Kolom A', 'Kolom B'],
    ],
  ])('is found below %s', (_name, text, line, columns) => {
    expect(look(text)).toMatchObject({ headingLine: line, columns });
  });

  it.each([
    ['Ann Lee,+1 202-555-0101,Acme\nBob Ray,+1 202-555-0102,Acme', ['Name', 'Phone', 'Column 3']],
    ['ann@b.example;Ann;2025550101\nbob@b.example;Bob;2025550102', ['Email', 'Name', 'Phone']],
    ['2025550101\n2025550102', ['Phone']],
  ])(
    'is nowhere in a file that begins with data, and the first line is a lead',
    (text, columns) => {
      const looked = look(text);
      expect(looked).toMatchObject({ headingLine: 0, columns, rows: 2 });
      expect(looked.warnings).toMatchObject([{ code: 'no_heading' }]);
    },
  );

  it('where the heading is is where a person says', () => {
    const text = 'A,B\nName,Phone\nAnn,+12025550101';
    expect(look(text, { headingLine: 1 })).toMatchObject({ columns: ['A', 'B'], rows: 2 });
    expect(look(text, { headingLine: 0 })).toMatchObject({ headingLine: 0, rows: 3 });
    expect(look(text, { headingLine: 2 })).toMatchObject({ columns: ['Name', 'Phone'], rows: 1 });
  });
});

const tables = new Map<FileEncoding, Map<string, Uint8Array>>();
/** The bytes of a text, from what each byte, or pair of bytes, is decoded to. */
function encoded(text: string, encoding: FileEncoding): Buffer {
  let table = tables.get(encoding);
  if (table === undefined) {
    table = new Map();
    const isWide = ['shift_jis', 'euc-jp', 'gbk', 'big5', 'euc-kr'].includes(encoding);
    for (let first = 0x80; first < 0x100; first += 1) {
      const seconds = isWide ? Array.from({ length: 0xc0 }, (_, at) => at + 0x40) : [null];
      for (const second of seconds) {
        const bytes = Uint8Array.of(first, ...(second === null ? [] : [second]));
        const letter = decodeBytes(bytes, encoding);
        if ([...letter].length === 1 && !table.has(letter)) table.set(letter, bytes);
      }
    }
    tables.set(encoding, table);
  }
  return Buffer.concat(
    [...text].map((letter) => {
      if (letter < '\u0080') return Buffer.from(letter);
      const bytes = table.get(letter);
      if (bytes === undefined) throw new Error(`${encoding} has no ${letter}.`);
      return bytes;
    }),
  );
}

describe('the encoding', () => {
  const text = 'Vorname;Nachname;Telefon;Firma\nJörg;Müller;+49 30 5550104;Bäckerei Groß';
  const latin1 = Buffer.from(text, 'latin1');
  // macOS Roman: ö 9A, ü 9F, ä 8A, ß A7.
  const mac = Buffer.from(
    latin1.map((byte) => ({ 246: 0x9a, 252: 0x9f, 228: 0x8a, 223: 0xa7 })[byte] ?? byte),
  );
  const wide = Buffer.from(text, 'utf16le');

  it.each<[string, Buffer, string, boolean]>([
    ['UTF-8', Buffer.from(text), 'utf-8', true],
    ['UTF-8 with a mark', Buffer.from(`\uFEFF${text}`), 'utf-8', true],
    ['UTF-16 with a mark', Buffer.from(`\uFEFF${text}`, 'utf16le'), 'utf-16le', true],
    [
      'UTF-16 the other way round with a mark',
      Buffer.from(`\uFEFF${text}`, 'utf16le').swap16(),
      'utf-16be',
      true,
    ],
    ['UTF-16 without a mark', wide, 'utf-16le', false],
    ['UTF-16 the other way round without one', Buffer.from(wide).swap16(), 'utf-16be', false],
    ['Windows-1252', latin1, 'windows-1252', false],
    ['Mac Roman', mac, 'macintosh', false],
  ])('%s is found out, and a row with umlauts is shown', (_name, bytes, encoding, sure) => {
    expect(look(bytes)).toMatchObject({
      encoding,
      encodingSure: sure,
      encodingSample: 'Jörg;Müller;+49 30 5550104;Bäckerei Groß',
      columns: ['Vorname', 'Nachname', 'Telefon', 'Firma'],
    });
  });

  it.each([
    ['windows-1250', 'Łukasz Żółć;+48 22 555 01 04', [0xa3, 0xaf, 0xf3, 0xb3, 0xe6]],
    ['windows-1251', 'Иван Петров;+7 495 555 01 04', null],
  ] as const)('%s, too', (encoding, row, bytes) => {
    const table = new Map<string, number>();
    for (let byte = 0x80; byte < 0x100; byte += 1)
      table.set(new TextDecoder(encoding).decode(Uint8Array.of(byte)), byte);
    const file = Buffer.from(
      [...`Name;Phone\n${row}`].map((letter) => table.get(letter) ?? letter.charCodeAt(0)),
    );
    if (bytes !== null) for (const byte of bytes) expect(file.includes(byte)).toBe(true);
    expect(look(file)).toMatchObject({ encoding, encodingSample: row });
  });

  it.each<[FileEncoding, string]>([
    ['ibm850', 'Jörg Müller;+49 30 5550104;Bäckerei Groß'],
    ['ibm850', 'MÜLLER JÖRG;+49 30 5550104;BÄCKEREI'],
    ['ibm850', 'Chloé Lefèvre;+33 1 99 00 01 04;Pâtisserie Noël & François'],
    ['ibm850', 'Íñigo Muñoz;+34 910 555 104;Jamón García'],
    ['macintosh', 'Chloé Lefèvre;+33 1 99 00 01 04;Pâtisserie Noël & François'],
    ['windows-1252', 'MÜLLER JÖRG;+49 30 5550104;GROßBÄCKEREI'],
    ['windows-1252', 'Chloé Lefèvre;+33 1 99 00 01 04;Pâtisserie Noël & François'],
    ['windows-1252', 'Íñigo Muñoz;+34 910 555 104;Jamón García'],
    ['windows-1252', 'Åse Lindström;+46 8 555 01 04;Kött & Bröd på Söder'],
    ['windows-1250', 'Łukasz Żółć;+48 22 555 01 04;Piekarnia Świeża'],
    ['windows-1251', 'Иван Петров;+7 495 555 01 04;Булочная «Заря»'],
    ['windows-1251', 'ИВАН ПЕТРОВ;+7 495 555 01 04;БУЛОЧНАЯ'],
    ['koi8-r', 'Иван Петров;+7 495 555 01 04;Булочная Заря'],
    ['koi8-r', 'ИВАН ПЕТРОВ;+7 495 555 01 04;БУЛОЧНАЯ'],
    ['ibm866', 'Иван Петров;+7 495 555 01 04;Булочная Заря'],
    ['iso-8859-5', 'Иван Петров;+7 495 555 01 04;Булочная Заря'],
    ['shift_jis', '山田太郎;+81 3 5550 0104;さくらベーカリー'],
    ['euc-jp', '山田太郎;+81 3 5550 0104;さくらベーカリー'],
    ['gbk', '王小明;+86 10 5550 0104;北京面包有限公司'],
    ['big5', '陳大文;+852 5550 0104;香港麵包有限公司'],
    ['euc-kr', '김철수;+82 2 555 0104;서울 빵집 주식회사'],
  ])('the encoding %s is recognised: %s', (encoding, row) => {
    const file = encoded(`Name;Phone;Company\n${row}\nAnn Lee;+12025550101;Acme\n`, encoding);
    expect(look(file)).toMatchObject({ encoding, encodingSure: false, encodingSample: row });
    expect(look(file, { encoding })).toMatchObject({ encodingSample: row });
  });

  it('the encoding can be chosen', () => {
    expect(look(latin1, { encoding: 'macintosh' }).encodingSample).not.toContain('Jörg');
    expect(look(mac, { encoding: 'macintosh' })).toMatchObject({ encodingSure: true });
  });

  it('the encoding of each line is its own, where lists were put together', () => {
    const both = Buffer.concat([
      Buffer.from('Vorname;Telefon;Firma\nJörg;+49 30 5550104;Groß\nZoë;+49 30 5550105;Bäcker\n'),
      Buffer.from('André;+49 30 5550106;Hörgeräte Süß\n', 'latin1'),
    ]);
    const looked = look(both);
    expect(looked).toMatchObject({ encoding: 'utf-8', encodingSure: false });
    expect(looked.top.map(({ cells }) => cells[0])).toEqual(['Vorname', 'Jörg', 'Zoë', 'André']);
    expect(look(both, { encoding: 'utf-8' }).top.at(-1)?.cells).toContain('Hörgeräte Süß');
  });

  it('the encoding is not taken for UTF-8 by a pair of bytes that happens to be valid', () => {
    const rows = Array.from({ length: 30 }, () => 'Иван Петров;+7 495 555 01 04').join('\n');
    const table = new Map<string, number>();
    for (let byte = 0x80; byte < 0x100; byte += 1)
      table.set(new TextDecoder('windows-1251').decode(Uint8Array.of(byte)), byte);
    const file = Buffer.from(
      [...`Name;Phone\n${rows}\nЬ»;+7 495 555 01 05`].map(
        (letter) => table.get(letter) ?? letter.charCodeAt(0),
      ),
    );
    expect(look(file).encoding).toBe('windows-1251');
  });

  it('the encoding of a file that was cut in the middle of a letter is UTF-8 still, with a warning', () => {
    const rows = `${text}\n${Array.from({ length: 30 }, () => 'Jörg;Müller;+49 30 5550104;Groß').join('\n')}`;
    const cut = Buffer.from(`${rows}\nJör`).subarray(0, -2);
    const looked = look(Buffer.concat([cut, Buffer.from([0xc3])]));
    expect(looked.encoding).toBe('utf-8');
    expect(looked.warnings).toMatchObject([{ code: 'broken_letters' }]);
  });
});

describe('a file that is no list is named', () => {
  it.each<[string, string | Buffer, RegExp]>([
    [
      'a workbook',
      Buffer.from('504b030414000600ff786c2f776f726b626f6f6b', 'hex'),
      /Excel workbook \(\.xlsx\).*CSV UTF-8/,
    ],
    ['an old workbook', Buffer.from('d0cf11e0a1b11ae100', 'hex'), /old Excel workbook \(\.xls\)/],
    [
      'an OpenDocument sheet',
      Buffer.concat([
        Buffer.from('504b0304', 'hex'),
        Buffer.from('mimetypeapplication/vnd.oasis.opendocument.spreadsheet'),
      ]),
      /\.ods/,
    ],
    [
      'an archive',
      Buffer.concat([Buffer.from('504b0304', 'hex'), Buffer.from('leads.csv')]),
      /compressed file \(\.zip\)/,
    ],
    ['a PDF', '%PDF-1.7 x', /PDF document/],
    ['a picture', Buffer.from('89504e470d0a1a0a0000', 'hex'), /picture \(PNG\)/],
    [
      'a web page',
      '<html><table><tr><td>Name</td><td>Phone</td></tr></table></html>',
      /web page \(HTML\).*\.xls/,
    ],
    ['a web page as UTF-16', Buffer.from('\uFEFF<html><body>', 'utf16le'), /web page/],
    ['a page with a doctype', '\n<!DOCTYPE html>\n<p>', /web page/],
    [
      'a spreadsheet as XML',
      '<?xml version="1.0"?>\n<?mso-application progid="Excel.Sheet"?><Workbook>',
      /saved as XML/,
    ],
    ['a vCard', 'BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Ann\r\nEND:VCARD', /vCard/],
    ['JSON', '[{"name":"Ann","phone":"+12025550101"}]', /JSON/],
    ['bytes that are no text', Buffer.from('name\nAnn\u0000Lee'), /not text/],
    ['nothing', '', /empty/],
    ['nothing but a heading', 'name,phone\n', /no rows below/],
  ])('%s', (_name, content, sentence) => {
    expect(refusal(content)).toMatch(sentence);
  });

  it('a file that is no list is named and so is one with more rows than an import takes, or more columns', () => {
    expect(refusal(`name\n${'x\n'.repeat(1_000_001)}`)).toContain('more than 1,000,000 rows');
    expect(refusal(`${'a,'.repeat(2_000)}\nx`)).toContain('1000 columns');
  });
});
