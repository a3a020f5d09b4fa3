"""Places and people's names that may not be a term by themselves; lint asks them for `requires`.

Folded. Where pupils of schools in the United Kingdom live, travel and come from, and what many of them are
called: "reading", "hull" and "butt" say nothing about anybody. Not every name there is: what else is common
is told by how often a word is written (`reading/vocabulary.py`), and names that hold a watched word are in
`knowledge/`.
"""

_PLACES = """
aberdeen abergavenny aberystwyth abingdon accrington acton africa albania aldershot alnwick alton altrincham
america amersham amesbury andover anglesey antrim argyll armagh arundel ascot ashford ashington asia aston
athens australia aviemore aylesbury ayr baghdad bakewell banbury bangladesh bangor barking barnard barnet
barnsley barnstaple barrow barry basildon basingstoke batley battersea beccles bedford bedfordshire bedworth
beeston belfast belgrade belper berkshire berlin berwick beverley bexhill bexley bicester bideford
biggleswade billericay birkenhead birmingham blackburn blackpool bletchley blyth bodmin bognor bolton bootle
boston bournemouth bracknell bradford braintree brecon brent brentford brentwood bridgend bridgnorth
bridgwater bridlington brighouse brighton bristol britain brixton bromley bromsgrove brussels bucharest
buckingham buckinghamshire budapest bude bulgaria burgess burnley bury buxton caerphilly cairo camberley
camborne cambridge cambridgeshire camden cannock canterbury cardiff cardigan carlisle carmarthen castleford
caterham chatham cheadle chelmsford chelsea cheltenham chepstow chertsey cheshire chester chesterfield
chichester china chippenham chorley cirencester clacton cleethorpes clevedon clydebank coalville colchester
colwyn congleton consett conwy corby cornwall coventry crawley crewe cromer croydon cumbria cwmbran cyprus
dagenham darlington dartford dartmouth darwen deal delhi denbigh derby derbyshire derry devizes devon
dewsbury dhaka didcot diss doncaster dorchester dorking dorset dover droitwich dublin dudley dumbarton
dumfries dundee dunfermline durham dursley ealing eastbourne eastleigh edinburgh edmonton egham egypt
ellesmere ely enfield england epping epsom erith essex europe evesham exeter exmouth falkirk falmouth
fareham farnborough farnham felixstowe fife filey fleet flint folkestone france frome fulham gainsborough
galway gateshead germany gillingham glasgow glastonbury glossop gloucester gloucestershire godalming goole
gosport grantham gravesend grays greece greenock greenwich grimsby guernsey guildford gwent gwynedd hackney
hailsham halesowen halesworth halifax hammersmith hampshire hampstead haringey harlow harpenden harrogate
harrow hartlepool harwich haslemere hastings hatfield havant haverhill havering hawick haywards helston
hemel henley hereford herefordshire hertford hertfordshire hexham heysham heywood hinckley hitchin holyhead
holywell honiton horley horsham hounslow hove hucknall huddersfield hull hungary hungerford huntingdon hyde
hythe ilford ilfracombe ilkeston ilkley india inverness ipswich iran iraq ireland islamabad islington
istanbul italy jamaica jarrow jersey karachi keighley kendal kensington kent keswick kettering kidderminster
kidlington kilburn kilmarnock kingsbridge kingston kirkby kirkcaldy knaresborough knutsford kyiv lagos
lahore lambeth lanark lancashire lancaster launceston leamington leatherhead leeds leek leicester
leicestershire leigh leominster lerwick letchworth lewes lewisham leyland leyton lichfield lincoln
lincolnshire lisbon liskeard lithuania livingston llandudno llanelli london londonderry longton loughborough
louth lowestoft ludlow luton lydney lyme macclesfield madrid maidenhead maidstone maldon malvern manchester
mansfield margate marlow matlock melksham melton merseyside merthyr middlesbrough middlesex midlothian
minehead mirpur mogadishu mold monmouth morecambe morley morpeth moscow motherwell mumbai nairobi nantwich
narberth neath nelson newark newbury newcastle newham newhaven newmarket newport newquay newry newton
nigeria norfolk northallerton northampton northamptonshire northumberland northwich norway norwich
nottingham nottinghamshire nuneaton oakham oban okehampton oldbury oldham omagh orkney ormskirk orpington
oswestry otley oxford oxfordshire padstow paignton paisley pakistan paris peckham pembroke penistone penrith
penryn penzance perth peterborough peterhead peterlee petersfield plymouth poland pontefract pontypool
pontypridd poole porthcawl portsmouth portugal powys prague preston prestwich prestwick pudsey punjab purley
putney pwllheli rainham ramsbottom ramsgate rawtenstall rayleigh reading redbridge redcar redditch redhill
redruth reigate retford rhondda rhyl richmond ripley ripon rochdale rochester romania rome romford romsey
rotherham rugby rugeley runcorn rushden russia rutland ryde rye saffron salford salisbury saltash sandbach
sandhurst sandwich scarborough scotland scunthorpe sedgefield selby sevenoaks shanghai sheerness sheffield
shetland shipley shoreham shrewsbury shropshire sidmouth sittingbourne skegness skelmersdale skipton
sleaford slough smethwick solihull somalia somerset southall southampton southend southport southwark spain
spalding stafford staffordshire staines stamford stanmore stevenage stirling stockport stockton stoke
stourbridge stowmarket stranraer stratford streatham stroud sudan sudbury suffolk sunderland surbiton surrey
sussex sutton swaffham swanage swanley swansea swindon sylhet syria tamworth taunton tavistock teddington
teesside teignmouth telford tewkesbury thame thanet thetford thirsk thornaby thornton thurrock thurso
tilbury tipton tiverton tokyo tonbridge tooting torbay torquay totnes tottenham towcester tring trowbridge
truro turkey twickenham tyneside ukraine ulverston uppingham uttoxeter uxbridge ventnor wadebridge wakefield
wales wallasey wallingford wallsend walsall waltham walthamstow walton wandsworth wantage warminster
warrington warsaw warwick warwickshire washington watford wednesbury wellingborough wellington wells
welshpool welwyn wembley weston wetherby weybridge weymouth whitby whitehaven whitley whitstable wick widnes
wigan willesden wilmslow wiltshire wimbledon winchester windsor winsford wirral wisbech witham witney woking
wokingham wolverhampton woodbridge woolwich worcester worcestershire workington worksop worthing wrexham
wycombe yarmouth yeovil york yorkshire
"""

_PEOPLE = """
aaliyah aaron abbas abbie abdi abdul abdullah abigail abraham adam adams adamson ahmed aidan aiden aisha
akhtar alan albert alex alexander alexandra alfie ali alice alisha allan allen alma amanda amelia amelie
amir amira amy ana anderson andrea andrew andrews angel angela ann anna anne annie anthony anya archer
archie arif armstrong arnold arthur ashley ashton asif atkins atkinson austin ava ayesha aziz bailey baker
baldwin ball banks barber barker barlow barnes barnett barrett barry bates baxter beatrice begum bell ben
benjamin bennett benson bernard berry beth bethany bevan bibi billy bird bishop black blake bobby bolton
bond booth bowen boyd bradley bradshaw brady brandon brennan brian briggs brooke brookes brooks brown bruce
bryan bryant bryn buckley bull burgess burke burns burrows burton bush butcher butler butt byrne caitlin
callum cameron campbell cannon carl carly carol caroline carpenter carr carroll carter casey catherine chan
chandler chapman charles charlie charlotte chaudhry chen cheryl chloe chris christina christine christopher
church claire clara clark clarke clayton clements cliff cohen cole coleman colin collier collins colton
connell connor conor conway cook cooke cooper corbett cormac cox craig crawford cross crouch cruz cunningham
curtis daisy dale dalton daly damian dan daniel daniela daniels danny darcey darren dave david davidson
davies davis davison dawn dawson day dean deborah declan dennis derek dev devi diana dick dickinson dickson
dixon dobson dodd doherty dominic donald donna donnelly doris dorothy douglas doyle duncan dunn dyer dylan
eaton eddie edward edwards eileen elaine eleanor elena eliza elizabeth ella ellie elliot elliott ellis elsie
emily emma eric erin ethan evan evans eve evelyn evie faisal faith farah farrell fatima faulkner felix field
fiona fisher fitzgerald fleming fletcher florence flynn foley ford forster foster fowler fox frances
francesca francis frank franklin fraser fred freddie frederick freeman freya frost fuller gabriel gallagher
gardiner gardner gareth garner gary gavin gemma geoffrey george georgia georgina gerald gibbons gibbs gibson
gilbert giles gill glen glenn glover goddard godfrey gomez goodman goodwin gordon gough grace graham grant
gray greaves green greenwood greg gregory grey griffin griffith griffiths gunn gupta guy haddad hale halima
hall hamilton hamish hammond hamza hancock hannah hanson harding hardy harper harriet harris harrison harry
hart hartley harvey hasan hassan hawkins hayden hayes haynes heather helen henderson henry herbert hewitt
hicks higgins hill hilton hobbs hobson hodge hodgson holland holly holmes holt hooper hope hopkins horne
horton houghton howard howe howell howells hudson hughes hugo humphreys humphries hunt hunter hurst hussain
hussein hutchinson ian ibrahim imogen imran inaya iqbal irene iris isaac isabel isabella isabelle isla
ismail ivy jack jackson jacob jacqueline jade jaden jake jamal james jamie jamila jan jane janet janice
jarvis jasmine jason javed jay jayden jean jeffrey jenkins jennifer jennings jeremy jessica jill jimmy joan
joanna joanne joe joel john johnny johnson johnston jonathan jones jordan joseph josephine josh joshua joyce
juan judith judy julia julian julie june kai kamal kane karen karim kate katherine kathleen katie katy kaur
kay kayleigh keith kelly kemp kennedy kenneth kerr kerry kevin khadija khalid khan khatun kian kieran kim
king kirk kirsty knight knowles kowalski krishna kumar kyle lacey lamb lambert lane laura lauren lawrence
lawson layla leah lee leigh lenny leo leon leonard leslie lewis lexi liam lilly lily lina linda lindsay lisa
little liz lloyd logan lola long louis louise lowe lucas lucy luke lydia lynch lynn lynne macdonald mackay
mackenzie maddison madison mahmood maisie malcolm malik mandy manning marcus margaret maria mariam marie
marilyn mark marsh marshall martha martin mary maryam mason matilda matthew matthews maureen max maxwell
maya mccarthy mcdonald mckenzie mclean megan mehmet melanie melissa mia michael michelle miles miller mills
milly mitchell mohamed mohammad mohammed molly monica moore moran morgan morris morrison moss muhammad
mukherjee murphy murray mustafa myers nadia nancy naomi nash natalia natalie natasha nathan neil nelson
newman newton nguyen niamh nicholas nichols nicholson nicola nicole nigel noah nolan noor nora norman norris
north nowak oakley obrien oconnor oliver olivia omar oneill osborne oscar osman owen owens oyelaran page
palmer pamela parker parkin parkinson parry parsons patel paterson patricia patrick patterson paul paula
pauline payne peacock pearce pearson penny perez perkins perry peter peters philip phillip phillips phoebe
pickering pike pitt polly poole poppy porter potter potts powell pratt preston price priestley pritchard
pugh quinn rachael rachel rahman rajesh ralph ramsey randall rashid ravi ray raymond rebecca reece reed rees
reeves reid reuben reynolds rhys riaz ricardo rice richard richards richardson ricky riley rita robert
roberts robertson robin robinson robson rodriguez roger rogers roman ronald ronnie rory rosa rose rosie ross
rowe roy ruby rupert russell ruth ryan saeed saleh salma sam samantha samir samuel sana sanchez sanders
sanderson sandra santos sara sarah saunders savage schofield scott sean sebastian seth shah shaheen shane
shannon sharma sharon sharp sharpe shaun shaw sheikh sheila shelley shepherd sheppard sheridan shirley short
siddiqui sidhu silva simmonds simon simpson sinclair singh skinner slater small smart smith snow sofia sonia
sophia sophie spencer stacey stanley stella stephanie stephen stephens stephenson steve steven stevens
stevenson stewart stokes stone stuart stubbs sue summer summers susan sutherland suzanne swift sylvia
szymanski tabitha taha talbot tamara tanner tanya tara tariq tasha taylor teresa terry thea theo theodore
theresa thomas thompson thomson thorne tim timothy tina toby todd tom tommy tony townsend tracey tracy
travis trevor tristan tucker turnbull turner tyler usman vaughan vera veronica vicky victor victoria vincent
violet virginia wade walker wallace walsh walters walton ward warner warren waters watkins watson watts webb
webster wells wendy west wheeler whitaker white whitehead whitehouse whittaker wilkins wilkinson will
william williams williamson willis willow wilson winter wong wood woods woodward wright wyatt yasmin yildiz
yilmaz young yousef yusuf yvonne zac zachary zahra zain zainab zara zoe
"""

# Of several words, one place on each line.
_LONGER_PLACES = """
ashby de la zouch
bishop auckland
bishops stortford
bury st edmunds
canary wharf
canvey island
chester le street
covent garden
czech republic
east anglia
east grinstead
east london
ellesmere port
great yarmouth
hay on wye
hebden bridge
hemel hempstead
hong kong
houghton le spring
isle of man
isle of wight
kings cross
kings lynn
leamington spa
leighton buzzard
market harborough
melton mowbray
merthyr tydfil
milford haven
milton keynes
new york
new zealand
newcastle under lyme
newcastle upon tyne
newton abbot
north london
northern ireland
port talbot
potters bar
saudi arabia
shepherds bush
south africa
south london
south shields
sri lanka
st albans
st andrews
st austell
st helens
st ives
st neots
stoke on trent
stratford upon avon
sutton coldfield
tower hamlets
tunbridge wells
united kingdom
united states
waltham forest
welwyn garden city
west ham
west london
weston super mare
whitley bay
"""

NAMES = frozenset((*_PLACES.split(), *_PEOPLE.split(), *_LONGER_PLACES.strip().split("\n")))
