//! Which first names are one name: a full name and what people make of it in daily use.
//!
//! Common knowledge, written down by hand; the file is long because it is one table. A line begins with the full name; what follows are its spellings and short
//! forms. Two names are related when they share a line, so `Chris` meets `Christopher` and `Christine`, and those two
//! never meet each other.

use std::{collections::HashMap, sync::LazyLock};

use crate::text;

/// The lines that a folded first name stands in.
#[must_use]
pub fn lines(folded: &str) -> &'static [u16] {
    LINES.get(folded).map_or(&[], Vec::as_slice)
}

static LINES: LazyLock<HashMap<String, Vec<u16>>> = LazyLock::new(|| {
    let mut lines: HashMap<String, Vec<u16>> = HashMap::new();
    for (number, line) in (0_u16..).zip(NAMES.lines()) {
        for name in line.split_whitespace() {
            let of_name = lines.entry(text::fold(name)).or_default();
            if !of_name.contains(&number) {
                of_name.push(number);
            }
        }
    }
    lines
});

const NAMES: &str = "\
aaron ron ronnie
abigail abby abbie gail
abraham abe bram
adalbert bert
adelaide addie heidi
adele addy
adrian ade
agnes aggie nessa
agnieszka aga
alan allan allen al
albert al bert bertie
alejandro alex ale jandro
aleksander olek alek
aleksandra ola
alessandro sandro ale
alexander alex al alec sandy xander lex sascha sasha alexandre aleksander
alexandra alex sandra lexi lexie sandy sasha alexa
alexis alex lexi
alfonso fonso alphonso
alfred al alf alfie fred freddie
alice allie ally ali
alicia ali lisha
alison allison ali allie ally
aloysius al alois
alphonse al fons
alvin al
amanda mandy manda
amelia amy mel millie
anastasia stacy ana nastya stasia
andrea andi andie drea
andreas andi andy
andrew andy drew
angela angie angel ange
angelica angie
anita nita
ann anne anna annie
anna annie ann anne ania anja
annabel annabelle bella anna belle
annette annie
anthony tony ant antony toni
antoine toine tony
antonia toni tonia
antonin tonin
antonio tony toni toño antoni
archibald archie
armando mando
arnold arnie
arthur art artie
augustine gus august
augustus gus august
barbara barb barbie babs bobbie
barnaby barney
bartholomew bart
bartlomiej bartek bart
bartosz bartek
beatrice bea bee trixie
beatrix trixie bea
belinda bel linda lindy
benedict ben bennie
benjamin ben benny benji bennie benj
bernadette bernie
bernard bernie barney bernhard bernd
bernardino dino
bernardo nardo
bertram bert
bethany beth
beverly bev beverley
bradford brad
bradley brad
brandon bran
brenda bren
brendan bren
brian bryan
bridget biddy bridie
bronwyn bron
bruno bru
bryan brian
caitlin cait katie
calvin cal
cameron cam
camille cami
candace candy candi
carl karl
carla carly
carlos carlitos
carmen carmela
carol carole caroline
caroline carrie carol caro carolyn lina
carolyn carol carrie caroline lyn
cassandra cass cassie sandra sandy
catarina cata rina
catherine cathy kate katie cat kathy cath catie kitty kit cathie cate katherine
cecilia ceci celia cissy
cedric ced
charlene charlie char
charles charlie chuck chas chaz charley chip
charlotte charlie lottie lotte char charley
chelsea chels
cheryl cher sheryl
christian chris christiaan
christina chris christy tina chrissy christie
christine chris christy tina chrissy christie
christoph chris stoph
christopher chris kit topher kris christoffer
clarence clare
claudia claudi
claudio claud
clayton clay
clifford cliff
clifton cliff
clinton clint
colin col
concepcion concha conchita
constance connie
cordelia delia
cornelia nell corrie
cornelius neil corny
courtney court
craig craigie
crystal chris crys
curtis curt
cynthia cindy cyndi
cyril cy
daniel dan danny dani
daniela dani ela
danielle dani elle danni
darlene dar
darrell darryl daryl
david dave davey davie davy
dawid dawidek
deborah deb debbie debby debra debs
debra deb debbie debby deborah
delores dee lola
denise dee
dennis den denny denis
derek del derrick
desmond des
diana di
diane di dianne
dimitri dima mitya
dmitri dima mitya
dolores lola dolly
domenico mimmo nico
dominic dom nick
dominik domi nik
donald don donny donnie
donna don
dorota dorotka
dorothea thea dora doro
dorothy dot dottie dolly dotty dory dorothea
douglas doug dougie
duncan dunc
dwayne duane
edmund ed eddie ned ted
eduard edi edo
eduardo edu lalo eddie
edward ed eddie ted teddy ned eddy
edwin ed eddie
eileen ellie lena
elaine lainie
eleanor ellie nell nellie nora ella elly leonor
elena lena
elias eli
elijah eli
elisabeth lisa elise lisbeth elsbeth betty beth liz lisbet liesel
elizabeth liz beth lizzie betty eliza libby betsy lisa bess bessie lizzy ellie elisabeth
ella ellie
ellen ellie nell nelly
elzbieta ela
emanuel manny
emily em emmy emilie millie
emma em emmy
emmanuel manny manu
enrique quique kike
eric rick ricky erik
erica rica ricky
erik rikard eric
ernest ernie
ernst erni
estelle stella
esther essie hester
ethan eth
eugene gene
eugenia genie
eva evi evie
evelyn evie eve lyn
ewelina ewa
ezekiel zeke
ezra ez
faith fay
federico fede rico
felicia flick fliss
felicity flick fliss
ferdinand ferdi fred nand
fernando nando fer
filippo pippo
flora flo
florence flo flossie
frances fran frankie franny
francesca fran franca chessie cesca
francesco franco cesco checco
francis frank fran frankie
francisco paco pancho frank cisco fran
franciszek franek
francois fran
franklin frank
franziska franzi sissi
frederic fred freddy
frederick fred freddie freddy rick fritz frederik fredrick
frederik fred freek rik
friedrich fritz fred friedel
gabriel gabe gab gabi
gabriela gabi gaby ela
gabriele gabi gaby
gabrielle gabby gaby elle gabi
gareth gaz
gary gaz garry
genevieve gen ginny eve viv
geoffrey geoff jeff jeffrey
george georgie geo
georgina georgie gina
gerald gerry jerry ged
geraldine gerry deena
gerard gerry ged jerry
gerardo gerry
gerhard gerd hardy
gertrude gertie trudy
giacomo mino
gianluca luca gian
gilbert gil bert
giovanni gianni vanni nino
giulia giuly
giuseppe beppe peppe pino
giuseppina pina
glenn glen
gloria glo
gordon gordy
grace gracie
graham graeme grahame
greg gregg
gregory greg gregg
gretchen greta
grzegorz grzes
guadalupe lupe
guillaume guigui
guillermo memo guille
gunter gunther
gwendolyn gwen wendy
hannah hanna
hannelore hanne lore
harold harry hal
harriet hattie harry
harrison harry
heather heath
heinrich heinz heiner henry hein
helen nell nellie ellen lena
helena lena hella
helene lena leni
helmut helle
hendrik henk rik
henrietta hettie etta
henrik henke rik
henry harry hank hal
herbert herb bert bertie
herman herm manny
hermann manni
hezekiah hez
hilary hil
horace harry
howard howie
hubert hugh bert hub
hugh hughie
humphrey hum
ian iain
ida idy
ignacio nacho iggy
ignatius iggy
ilaria ila
immanuel manny
ingrid inga
irene rene
iris iri
irving irv
isaac ike zak
isabel isa bella izzy belle bel ysabel
isabella bella izzy isa belle
isabelle izzy isa belle bella
isidore izzy
israel izzy
ivan vanya
jack jackie jackson
jackson jack
jacob jake jack jakob coby
jacqueline jackie jacqui jacky
jakob jacob jake kuba
jakub kuba
james jim jimmy jamie jimmie jem
jan johnny
jane janie jenny janey
janet jan
janice jan
jaroslaw jarek
jasmine jas jazz
jason jay jase
jean jeanie jeannie
jeanette jean nettie jan
jeannette jean nettie
jeffery jeff geoff jeffrey
jeffrey jeff geoff jeffery
jemima jem
jennifer jen jenny jenn jennie
jeremiah jerry jem
jeremy jerry jez jem
jerome jerry
jerzy jurek
jesse jess
jessica jess jessie jessi
jesus chuy chus
jill gill jilly
jillian jill
joan joanie
joann jo joanne
joanna jo joan joanne asia
joanne jo joan joanna
joaquin quino
jocelyn joss
joel joe
joerg jorg
johan jo
johann hans jo
johannes hans hannes joop johan jan jo
john jack johnny jon johnnie jackie
jonah jon
jonathan jon jonny nathan johnny jonathon nate
jonathon jon jonny jonathan
jordan jordy jord
jordi jorge
jorge jordi
jose pepe chepe
josef sepp joschi jupp
joseph joe joey jo jos
josephine jo josie fifi
joshua josh
joyce joy
juan juanito
judith judy jude judi
julia julie jules
julian jules jul
juliana jules liana
julie jules julia
juliet jules julie
justin jus
jürgen jurgen
karen kaz
karl carl kalle
karolina karo
katarina kat kata kaja
katarzyna kasia
katelyn kate katie
katerina katia
katharina kathi kati kathe
katherine kate kathy katie kat kit kitty kath katharine kay kathie catherine katy
kathleen kathy kate kath katie kay
kathryn kathy kate katie kat kath katy katherine
katrina kat trina katie
katy katie kate
keith keithy
kelly kel
kelsey kels
kendall ken
kendra ken
kenneth ken kenny
kerry kez
kevin kev
kimberly kim kimmy kimberley
kirsten kirsty kirstie
klaus claus nick
klementyna klem
konrad conny
konstantin kostya
konstantinos kostas
kristen kris kristy krissy
kristin kris kristy
kristina kris kristy tina
kristine kris kristy tina
kristopher kris
krzysztof krzysiek krzys
kurt curt
kyle ky
lambert bert
laura laurie lori
lauren laurie ren loren
laurence larry laurie loz lawrence
lawrence larry lars laurie laurence
leah lea
leanne lea
lee leigh
leo leon
leonard leo len lenny leonhard
leonardo leo nardo
leonidas leo
leopold leo poldi
leroy roy lee
leslie les lesley
lester les
leszek lech
leticia letty
lewis lew lou louis
lillian lil lily lilly
lily lil lilly
linda lindy lyn
lindsay linds lindsey
lisa lis
lorenzo renzo enzo
loretta lori retta
lorraine lori raine
louis lou louie lewis
louisa lou lulu louise
louise lou lulu louisa
lucas luke luca lukas
lucia lucy
lucille lucy lou
lucinda lucy cindy
lucy lu luce
ludovic ludo
ludwig lutz wiggerl
luigi gigi
luis lucho
lukas luke luki lucas
lukasz luki
luke luka lucas
lydia lyddie
lynn lyn lynne
maciej maciek
mackenzie mac kenzie
madeleine maddie madelaine lena maddy
madeline maddie maddy lena
magdalena magda lena maggie magdalen
magnus mange
malcolm mal
malgorzata gosia
manfred manni fred manny
manuel manny manolo manu
marcin marcinek
marcus marc mark markus
marek mark
margaret maggie peggy meg marge margie greta daisy peg rita madge margot margery
margareta greta
margarethe grete gretel gretchen margret
margarita rita marga
marguerite maggie margot
maria mary marie mia maja ria
maria-teresa maite
mariana mari
marianne mari mary anne
marie mary mimi
marilyn mary lyn
marina mari
marion mary
marjorie marge margie
mark marc marcus
markus mark marc marcus
martha marty mattie
martin marty mart
martina tina
mary molly polly mae may marie mamie
massimiliano max massimo
mateusz mati
mathew matt matty matthew
mathias matt matze
mathieu mat
matilda tilly mattie tilda
matteo teo
matthew matt matty mathew matthias
matthias matt matze mathias matthew
matthieu mat matt
maureen mo reenie
maurice mo maury morris
maurizio mauri
max maxim
maximilian max maxi
maximilien max
maxine max
maxwell max
megan meg meggie
melanie mel
melinda mel mindy linda
melissa mel missy lissa
melody mel
melvin mel
mercedes mercy
meredith merry
michael mike mick micky mickey mikey mitch michel mikael micheal
michaela micki mica kayla
micheal mike mick michael
michele mike
michelle shell shelly chelle mich
miguel migue
mikael micke mike
mikolaj miki
mildred millie
milton milt
miranda mandy randy
miriam mimi mim miri
mitchell mitch
mohamed mo mohammed muhammad mohammad
mohammed mo mohamed muhammad mohammad
moira moi
monica mon nica moni
monika moni
montgomery monty
morgan mo
morris mo moe
moses mo moe
moshe moish
muhammad mo mohammed mohamed
muriel mu
myron ron
nadezhda nadia
nancy nan
naomi nomi
natalia talia nat natasha natalie
natalie nat nattie talie
natasha tasha nat
nathalie nat
nathan nate nat
nathaniel nate nathan nat
neil neal
nelson nels
nicholas nick nicky nico nicolas nik nicholaus
nicola nicky nic nikki
nicolas nick nico nicholas
nicole nikki nicky nic colette
nigel nige
niklas nik niko
nikolai kolya nik
nikolaus klaus niko nik
nina nini
noel leon
nora norah eleanor
norbert bert norb
norma normie
norman norm
octavia tavy
oliver ollie oli olly
olivia liv livvy ollie livia
oscar ozzie oskar
oswald ozzie oz
otto otti
owen ewan
pamela pam pammy
pascal pas
patrice pat
patricia pat trish patty tricia patti patsy trisha
patrick pat paddy rick patty
patrik pat
paul paulie paolo
paula pauly
pawel pawelek
pedro perico
penelope penny pen nell
percival percy
perry pez
peter pete petey
petra peti
petronella nel nelleke
philip phil pip phillip
philipp phil lipp
philippa pip pippa
phillip phil pip philip
phyllis phyl
pierre pete
pieter piet
piotr piotrek
priscilla cilla prissy
prudence prue
quentin quint quin
rachael rach rachel
rachel rach rachael
rafael rafa raph rafe
raffaele lello raf
raimund rai mundl
ralph ralf
ramon monchi
randall randy rand
randolph randy
raphael raph rafe
raymond ray
rebecca becky bec becca becks beck
regina gina
reginald reg reggie
reinhard hardy
reinhold holdi
renata rena
reuben rube ben
rhonda ron
ricardo rick richie ricky cardo
riccardo ricky rick
richard rick dick rich richie ricky ritchie dickie
robert bob rob bobby robbie bert robby robb bobbie
roberta bobbie robbie berta
roberto beto rob berto bob
robin rob
roderick rod rick roddy
rodney rod
rodolfo rudy fito
rodrigo rod rigo
roger rog
roland rolly rollo
roman romek
ronald ron ronnie ronny
ronda ron
rosa rosie rosita
rosalind ros roz
rosalyn ros rosie
rosamund ros roz
rose rosie
roseanne rose anne
rosemary rose rosie mary romy
roxanne roxy
rudolf rudi rolf
rudolph rudy
rupert ru
russell russ rusty
ruth ruthie
ryan ry
sabrina bri
salvador salva chava
salvatore salvo toto turi
samantha sam sammy sammie
samuel sam sammy
sandra sandy sandi
santiago santi
sara sally sadie sarah
sarah sally sadie sara
saul solly
scott scotty
sean shaun shawn
sebastian seb bastian basti bas
sebastien seb
selina sel
serena rena
sergio checo
seth sethy
seymour sy
shannon shan
sharon shaz shari
shaun sean shawn
sheila shel
sheldon shel
shelley shell shelly
shirley shirl
sidney sid
siegfried siggi sigi
sigmund sig siggi
silvia syl
simon si sim
simone sim
sofia sophie fifi zosia
solomon sol solly
sophia sophie fifi
sophie soph
stanislaus stan
stanislaw staszek stan
stanley stan
stefan steffen steve
stefanie steffi
stephan steve steph
stephane steph
stephanie steph stephie steffi stevie stefanie
stephen steve steph stevie steven
steven steve stevie stephen
stewart stu stuart stew
stuart stu stewart stew
summer sum
susan sue susie suzy suzie sukie
susanna sue susie suzy anna susi
susanne susi sanne
suzanne sue suzy susie zanne suzie
svetlana lana sveta
sylvester sly vester
sylvia syl sylvie
tabitha tabby
tadeusz tadek
tamara tammy tam mara
tanya tania
tatiana tanya tania
ted teddy
teodoro teo doro
terence terry tel terrence
teresa terry tess tessa tere terri theresa
terrance terry
thaddeus thad tad
theodor theo
theodora dora thea teddy
theodore theo ted teddy
theresa terry tess tessa terri resi teresa
thierry titi
thomas tom tommy thom tommie
tiffany tiff
timothy tim timmy
tobias tobi toby
tomasz tomek
tommaso tom tommy
tracey trace tracy
tracy trace tracey
trevor trev
tristan tris
tyler ty
tyrone ty
ulrich uli ulli
ulrike ulli uli rike
ulysses lee
ursula uschi ulla ursel ulli
valentin val
valentina val tina vale
valentino tino
valerie val
vanessa nessa van nessie
vasily vasya
veronica ronnie vera ronni nica vroni
veronika vroni
vicente chente
victor vic vick viktor
victoria vicky tori vicki vic vikki toria
vincent vince vin vinny vinnie
vincenzo enzo vince
viola vi
violet vi
virginia ginny ginger ginnie gina
vivian viv vivienne
vladimir vlad vova
vladislav vlad slava
wallace wally
walter walt wally wat
wanda wandy
warren waz
wayne way
wendell wen
wendy wen
wesley wes
wieslaw wiesiek
wilbur will
wilfred wilf fred will
wilhelm willi willy wim
wilhelmina mina minnie wilma willa
willem wim pim
william bill will billy willy bille willie liam
winifred winnie fred freda
winston win
wojciech wojtek
wolfgang wolf wolfi
xavier xavi
yannick yann
yolanda yoli
yvette vette
yvonne von
zachariah zach zak
zacharias zach
zachary zach zack zac zak
zbigniew zbyszek
zofia zosia";

#[cfg(test)]
mod tests {
    use super::*;

    fn related(a: &str, b: &str) -> bool {
        let (a, b) = (lines(&text::fold(a)), lines(&text::fold(b)));
        a.iter().any(|line| b.contains(line))
    }

    #[test]
    fn short_forms_meet_their_names_and_names_do_not_meet_each_other() {
        for (a, b, expected) in [
            ("Christopher", "Chris", true),
            ("Christine", "Chris", true),
            ("Christopher", "Christine", false),
            ("Margaret", "Peggy", true),
            ("Joseph", "John", false),
            ("Bob", "Rob", true),
            ("Samantha", "Samuel", false),
            ("Jeremy", "Jerome", false),
            ("Toni", "Tami", false),
            ("", "", false),
        ] {
            assert_eq!(related(a, b), expected, "{a} {b}");
        }
    }
}
