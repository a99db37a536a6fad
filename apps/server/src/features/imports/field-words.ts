import type { ImportField } from '@outdial/protocol';

/** A heading in one form: lower case, accents and signs gone, words apart (`PHONE_NUMBER`, `E-mail 1 - Value`, `FirstName`). */
export function plainHeading(heading: string): string {
  return (
    heading
      .slice(0, 200)
      .replaceAll(/(\p{Ll})(\p{Lu})/gu, '$1 $2')
      .normalize('NFD')
      .replaceAll(/\p{M}/gu, '')
      // Korean syllables were taken apart as well, and are no accents.
      .normalize('NFC')
      .toLowerCase()
      .replaceAll('ß', 'ss')
      .replaceAll('#', ' number ')
      .replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
      .trim()
  );
}

const words = (text: string): ReadonlySet<string> =>
  new Set(
    text
      .split('\n')
      .flatMap((line) => line.split(','))
      .map((word) => word.trim())
      .filter(Boolean),
  );

/**
 * Headings as people and programs write them, in the form of `plainHeading`: English, German, French, Spanish, Italian, Portuguese,
 * Dutch; exports of HubSpot, Salesforce, Pipedrive, Apollo, ZoomInfo, Outlook, Google Contacts, LinkedIn, VICIdial.
 */
export const EXACT: Readonly<
  Record<Exclude<ImportField, 'phone_number' | 'do_not_call'>, ReadonlySet<string>>
> = {
  name: words(`name, full name, fullname, contact, contact name, contact full name, lead, lead name, person, person name,
    display name, customer, customer name, client, client name, prospect, prospect name, recipient, who,
    kontakt, kontaktname, ansprechpartner, kunde, kundenname, vollstandiger name, vor und nachname, vorname nachname, name vorname,
    nom complet, nom et prenom, nom prenom, prenom nom, contacto, nombre completo, nombre y apellidos, cliente,
    nome completo, nome e cognome, nominativo, contatto, nome e sobrenome, naam, volledige naam, contactpersoon, klant,
    nom, nombre, nome, namn, fullstandigt namn, navn, fulde navn, nimi, imie i nazwisko, имя и фамилия, фио, 姓名, 氏名, 名前, 이름`),
  first_name:
    words(`first name, firstname, given name, givenname, first, forename, fname, person first name, contact first name,
    vorname, prenom, primer nombre, nombre de pila, nombres, nome proprio, primeiro nome, voornaam,
    fornamn, fornavn, etunimi, imie, имя, adı, ad`),
  last_name:
    words(`last name, lastname, family name, familyname, surname, last, lname, person last name, contact last name,
    nachname, familienname, zuname, nom de famille, apellido, apellidos, primer apellido, cognome, sobrenome, apelido, ultimo nome,
    achternaam, familienaam, efternamn, efternavn, etternavn, sukunimi, nazwisko, фамилия, soyadı, soyad`),
  job_title:
    words(`job title, jobtitle, title, position, role, job, job role, person job title, contact title, organization title,
    organization 1 title, occupation, designation, headline, funktion, berufsbezeichnung, beruf, jobtitel, stelle, poste, fonction,
    intitule du poste, titre, cargo, puesto, ruolo, qualifica, mansione, posizione, funcao, profissao, functie, functietitel`),
  company:
    words(`company, company name, companyname, account, account name, company account, organization, organisation,
    organization name, organisation name, organization 1 name, person organization, employer, business, business name,
    current company, firma, firmenname, firmen name, unternehmen, unternehmensname, betrieb, organisation name, societe, entreprise,
    nom de l entreprise, nom de la societe, raison sociale, empresa, compania, nombre de la empresa, nombre empresa, organizacion,
    azienda, nome azienda, societa, ragione sociale, ditta, nome da empresa, nome empresa, razao social, bedrijf, bedrijfsnaam,
    organisatie, onderneming`),
  email:
    words(`email, e mail, emailaddress, email address, e mail address, mail, work email, business email, person email,
    person email work, primary email, contact email, email 1, e mail 1, email 1 value, e mail 1 value, e mail adresse, email adresse,
    mailadresse, emailadresse, adresse e mail, adresse mail, adresse email, courriel, mel, correo, correo electronico, email correo,
    indirizzo email, indirizzo e mail, posta elettronica, endereco de email, endereco de e mail, correio eletronico, e mailadres,
    emailadres, mailadres, e post, epost, sahkoposti, почта, электронная почта, eposta, e posta, 邮箱, 電子メール, メールアドレス, メール,
    이메일`),
  headcount:
    words(`headcount, employees, number of employees, number employees, employee count, no of employees, num employees,
    company size, size, employee range, staff, mitarbeiter, mitarbeiterzahl, mitarbeiteranzahl, anzahl mitarbeiter,
    anzahl der mitarbeiter, beschaftigte, unternehmensgrosse, effectif, effectifs, salaries, nombre de salaries, nombre d employes,
    taille de l entreprise, empleados, numero de empleados, n de empleados, tamano de la empresa, dipendenti, numero dipendenti,
    numero di dipendenti, funcionarios, numero de funcionarios, colaboradores, werknemers, medewerkers, aantal medewerkers,
    aantal werknemers, bedrijfsgrootte`),
  industry:
    words(`industry, primary industry, sector, company industry, vertical, branche, industrie, wirtschaftszweig,
    secteur, secteur d activite, domaine d activite, industria, rubro, sector de actividad, settore, settore di attivita, setor,
    ramo, ramo de atividade, bedrijfstak, sectie`),
  time_zone:
    words(`time zone, timezone, tz, iana time zone, person time zone, contact time zone, zeitzone, fuseau horaire, fuseau,
    zona horaria, huso horario, fuso orario, fuso horario, tijdzone`),
  score:
    words(`score, lead score, leadscore, hubspot score, hub spot score, priority score, rating, lead rating, punkte, bewertung,
    scoring, note du lead, puntuacion, puntaje, punteggio, pontuacao, rang, rank`),
  country:
    words(`country, country code, countrycode, country region, country name, person country, contact country, mailing country,
    phone country, country of phone, phone code, phone country code, dialing code, dial code, calling code, country calling code,
    iso country, iso country code, nation, land, landercode, landesvorwahl, landervorwahl, staat land, pays, code pays, indicatif,
    indicatif pays, pais, codigo de pais, paese, nazione, stato nazione, codigo do pais, landcode, landnummer`),
};

/** Headings that a column of telephone numbers has; judged on the form of `plainHeading`. */
export const PHONE_WORD =
  /phone|telef|telephon|телефон|мобильн|電話|电话|手机|携帯|전화|휴대폰|\btel\b|\btlf\b|\bmob\b|\bmobile?\b|mobil|mobiel|\bcell|handy|rufn|\bddi\b|\bgsm\b|natel|celular|cellulare|\bmovil\b|portable|\bfijo\b|festnetz|direct dial|direct line|direct number|durchwahl|whatsapp|contact (?:no|number|num)\b|call(?:ing)? number|\bhotline\b|recapito/;
/** A record number more often than a telephone number: only what is in the column tells. */
export const MAYBE_PHONE =
  /^(?:number|num|no|nr|nummer|numero|n|direct|contact|office|work|home|business|main|line)$/;
/** Beside a telephone number, and none. */
export const NO_PHONE =
  /label|\btype\b|\btyp\b|\bext(?:ension)?\b|\bfax\b|telefax|\bpager\b|status|consent|\bopt\b|verified|valid|carrier|provider|country|\bcode\b|indicatif|vorwahl|time ?zone|\bid\b|\bnotes?\b|do not|dont|\bdnc\b|last call|\bcalls?\b|called|attempts?|confidence|source|model|\bos\b|app|device|sperr|nicht|\bne pas\b|\bno llam|\bniet\b|\bnao\b|\bnon\b|opposition|telex|isdn|radio|tty|score|preferred|zeiten|permission|allowed/;

/** The telephone of another person, unless it is the only one: a property's owner has such a column, and a lead's assistant. */
export const ANOTHER_PERSON =
  /assist[ae]n|\bspouse\b|emergency|notfall|\bowner\b|\bmanager\b|\brep\b|\breferr|\bcreated by\b|supervisor|vorgesetzt|secretar|sekretar/;

/** The order in which a person is tried, of what remains equal the order of the file. */
const PREFERENCE: readonly (readonly [pattern: RegExp, rank: number])[] = [
  [
    /\b(?:hq|headquarters?|corporate|company|switchboard|zentrale|main|reception|standard|central)\b|empresa|firma|azienda/,
    7,
  ],
  [/\bother|andere|autre|otro|altro|outro|overig|assistant|\bcar\b/, 6],
  [/\bhome\b|privat|personal|domicile|casa|thuis|haus/, 5],
  [/\b(?:alt|alternate|alternative|secondary|second|2nd|zweit\p{L}*|secondaire|2)\b/u, 4],
  [/direct|durchwahl|\bddi\b/, 0],
  [/mobil|mobiel|cell|handy|movil|portable|gsm|natel|celular/, 2],
  [
    /\b(?:work|business|office|geschaft|dienst\p{L}*|buro|bureau|trabajo|oficina|ufficio|werk|kantoor|professionnel)\b|geschaftlich/u,
    3,
  ],
];

/** Smaller is tried earlier; a plain "Phone" comes behind the direct dial. */
export const phonePreference = (heading: string): number =>
  PREFERENCE.find(([pattern]) => pattern.test(heading))?.[1] ?? 1;

/** Columns that say who must not be called. */
const DO_NOT_CALL =
  /\bdo ?not ?(?:call|contact|phone|dial|ring)|\bdont ?(?:call|contact|phone)|\bdon t (?:call|contact|phone)|\bdnc\b|do not call|\bno ?calls?\b|never call|opted ?out of (?:call|phone)|has opted out of calls?|(?:call|phone|telephone|voice) opt ?out|opt ?out (?:of )?(?:call|phone|calls|voice)|phone (?:blocked|suppress\p{L}*)|\bsuppress(?:ed|ion)?\b|call block|nicht (?:mehr )?(?:anrufen|kontaktieren|telefonieren)|anrufsperre|telefonsperre|rufsperre|anrufverbot|kontaktsperre|sperrvermerk|kein(?:e)? (?:anrufe?|telefon\p{L}*|telefonwerbung)|ne pas (?:appeler|contacter|telephoner|demarcher)|opposition (?:au )?(?:telephon\p{L}*|demarchage|appel\p{L}*)|bloctel|liste rouge|no llamar|no contactar|lista robinson|robinson|non (?:chiamare|contattare|telefonare)|opposizion[ei]|nao (?:ligar|contatar|contactar|telefonar|perturbe)|niet (?:bellen|benaderen|contacteren|opbellen)|bel me niet|belverbod|telefoonsperre|\btps\b|\bctps\b|do not allow (?:phone |telephone |voice )?calls?|unsubscribed from (?:all )?(?:calls?|phone)|\bring (?:inte|ikke)|\bnix\b|\bn?dnd\b|\bndnc\b|do not disturb|calls? opt(?:ed)? ?out|phone do not use|ne plus appeler|ne pas deranger|no molestar|nie (?:dzwonic|kontaktowac|telefonowac)|zakaz kontaktu|nevolat|ne hivja|nu (?:se )?suna|не (?:звонить|беспокоить)|aramayın|勿[扰擾]|[请請]勿|架電禁止|電話(?:不可|禁止)|전화 ?금지|수신 ?거부|לא להתקשר|عدم الاتصال|reklamebeskyt\p{L}*|reservert mot|telefonmyyntikielto|register me niet|\bsperre\b/u;
export const isDoNotCall = (heading: string): boolean => DO_NOT_CALL.test(heading);

/** What else the law asks about; never guessed, always announced. */
const LEGAL =
  /consent|\bopt (?:in|out)\b|\boptin\b|\boptout\b|opted|gdpr|dsgvo|rgpd|\bavg\b|lgpd|ccpa|tcpa|permission|einwilligung|zustimmung|werbe\p{L}*|widerspruch|consentement|consentimiento|consenso|consentimento|toestemming|unsubscrib|subscription|abgemeldet|desinscri|litigator|deceased|verstorben|legal basis|rechtsgrundlage|blocked|gesperrt|blacklist|do not (?!modify)|call(?:s|ing)? allowed|allow(?:ed)? (?:phone |telephone )?calls?|may (?:we )?call|contact(?:able)? by (?:phone|telephone)|callable|\bminor\b|under age|ok(?:ay)? to (?:call|contact|phone)|can (?:we )?(?:call|contact|phone)\b|contact (?:allowed|preference)|preferred contact|(?:kontakt|anruf|telefon)\p{L}* (?:erlaubt|gestattet|zulassig)|\bstopp?\b|\bizni\b|zgoda|согласие|同意|동의/u;
const CELL_SAYS_NO =
  /^(?:.{0,20} )?(?:do not (?:call|contact|phone)|dnc|no calls?|opted out|opt out|unsubscribed|nicht (?:mehr )?anrufen|werbesperre|ne (?:pas|plus) appeler|no (?:volver a )?llamar|non chiamare|nao ligar|niet bellen)(?: .{0,20})?$/u;
const PLACE = /country|\bland\b|\bpays\b|\bpais\b|\bpaese\b|nation/;
const ZONE = /time ?zone|zeitzone|fuseau|zona horaria|fuso/;

/** Why it matters that a column is not read; null: it does not, as far as we know. */
export function carriesLaw(
  heading: string,
  cells: readonly string[] = [],
): 'do_not_call' | 'consent' | 'country' | 'time_zone' | null {
  if (isDoNotCall(heading)) return 'do_not_call';
  if (LEGAL.test(heading)) return 'consent';
  if (ZONE.test(heading)) return 'time_zone';
  if (PLACE.test(heading)) return 'country';
  // A column "Status" in which some leads are "Do not call".
  if (cells.some((cell) => CELL_SAYS_NO.test(plainHeading(cell)))) return 'do_not_call';
  return null;
}

/** Headings of the file that we offer for correction; what they say is for people. */
export const OWN_COLUMNS: readonly string[] = ['Outdial line', 'Outdial result', 'Outdial reason'];
