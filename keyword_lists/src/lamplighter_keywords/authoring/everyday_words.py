"""Words that may not be a term by themselves; lint asks them for `requires`.

Two sets, folded: everyday words, which a pupil writes many times a day and which therefore say nothing, and
words of identity, because who somebody is, loves or believes is never a concern.
"""

_EVERYDAY = """
able about above accept ache act active add afraid after again age ago agree air alarm album alive all alone
along already also always am an and anger angry animal another answer any anyone apple are area arm army
around arrow art as ask asleep at ate attack away awful axe baby back bad bag ball band bang bank bar base
bat bath battle be beach bean bear beat beautiful became because bed been beer before began behind being
bell belong below belt best bet better between big bike bin bird birthday bit bite bitter black blade blame
blank bleed bless blind block blood blow blue board boat body bomb bone book boot bored born both bottle
bottom bow box boy boyfriend brain branch brave bread break breast breath bridge bright bring broke broken
brother brown bruise bubble build bullet bully burn bus busy but butter button buy by cake call calm came
camera camp can candy cannon captain car card care carry case cash cat catch cause cell chain chair chance
change charge chase chat cheap cheat check cheese chest chicken child children chocolate choke choose church
circle city class clean clear clever cliff climb clock close cloth cloud club coat coffee coin coke cold
come comic cook cool corner cost cough could count country course cover cow crack crash crazy cream crew
crime cross crowd cruel crush cry cup curse cut cute dad damage dance danger dark dash date daughter day
dead deaf deal dear death debt deep delete depressed did die died diet different dig dinner dirty disappear
dish do doctor does dog done door double down drag draw dream dress drink drive drop drown drug drugs drunk
dry due dumb during dust dying each ear early earth east easy eat edge egg eight either empty end enemy
energy engine enough enter escape even evening ever every exam exit explode extra eye face fail fall false
family famous far farm fast fat father favourite fear feed feel feet fell felt fever few field fight film
final find fine finger finish fire firm first fish fit five fix flag flash flat flight float floor flow
flower fly fold follow food fool foot football for force forest forget fork form fort found four free freeze
fresh friday friend frog from front fruit fuel full fun funny game gang garden gas gate gave gear get ghost
gift girl girlfriend give glad glass go goal god goes gold gone good goodbye got grade grand grass grave
great green grey ground group grow guess guide guilty gun guy gym had hair half hall hammer hand handle hang
happen happy hard harm has hat hate have he head heal health hear heart heat heavy held hell help hen her
here hero hey hi hide high hill him his history hit hold hole holiday home honest hook hope horse hospital
hot hour house how huge human hungry hunt hurry hurt husband i ice idea idiot if ill in injury ink insane
inside instead into iron island it jail job join joke juice jump junk just keep key kick kid kill killed
killing kind king kiss kitchen knee knew knife knock know lady lake lamp land large last late later laugh
law lay lazy lead leaf learn least leave left leg less lesson let letter level lie life lift light like line
lion lip list listen little live load lock log lonely long look loser lose lost lot loud love low luck lunch
mad made magic mail main make male man many map mark market married mask mass match mate matter may maybe me
meal mean meat medicine meet melt member mess message met metal middle might mile milk mind mine minute
mirror miss missing mistake mix mock money monkey month moon more morning most mother mouse mouth move much
mud mum murder music must my nail naked name near neck need needle nest net never new news next nice night
nine no nobody noise none normal north nose not note nothing now number nurse nut ocean odd of off offer
office often oil old on once one only open or orange order other our out outside over own pack page pain
paint pair paper parent park part party pass past patch path pay peace pen people perfect person pet phone
photo pick picture pie piece pig pill pills pilot pink pipe pistol pit place plan plane plant plate play
please plus poem point poison police pool poor pop pot power pray present press pretty prison prize problem
promise proud pull punch punish push put queen quick quiet quit race rage rain ran rat raw razor reach read
ready real red rest rich ride rifle right ring rip risk river road rob rock roll roof room root rope rough
round rubbish rule run sad safe said sail salt same sand save saw say scar scare scared scary school score
scream sea search seat second secret see seed seen self sell send sent serious seven sex shake shame share
sharp she sheep shell ship shirt shit shock shoe shoot shop short shot should shout show shut sick side sign
silly sing sister sit six skin skip sky slap slave sleep slice slip slow small smash smell smile smoke snack
snake snap snow so soap sock soft some son song soon sorry sort soul sound south space speak speed spell
spend spike spit sport spot spring spy square stab stage stand star stare start starve stay steal step stick
still stomach stone stop store storm story strange stranger street stress strike strong stuck stuff stupid
such sugar suicide sun sure swallow swear sweet swim sword table tablet take talk tall tank tap target taste
tax tea teach team tear teeth tell ten tense terror test text thank that the their them then there these
they thin thing think third this those threat three throat throw tie tight time tired to today toe together
toilet told tomorrow tonight too took tooth top torch total touch tough town toy track train trap trash
travel tree trick trip trouble true trust truth try turn twin two ugly uncle under unhappy until up upset us
use vape very victim video violent virus voice vomit wait wake walk wall want war warm was wash waste watch
water wave way we weak weapon wear weather weed week weight weird well went were west wet what when where
which while white who whole why wide wife wild will win wind window wine wing winter wire wish witch with
wolf woman wood word work world worry worse worst worth would wound wrist write wrong yard year yellow yes
yet you young your zero zombie
"""

_IDENTITY = """
adhd afghan african agnostic albanian american anglican arab arabic aromantic asexual asian asperger
aspergers asylum atheist australian autism autistic bahai bangladeshi baptist bengali bi
bisexual bisexuality black boy british brown buddhist bulgarian burka burqa caribbean catholic chinese
christian christianity cis cisgender coptic crossdresser deaf demisexual disability disabled dutch
dyslexia dyslexic dyspraxic egyptian enby english epileptic ethiopian evangelical faith female feminist
filipino foreign foreigner french gay gender genderfluid genderqueer german ghanaian girl greek gurdwara
gypsy heterosexual hijab hindi hindu hinduism hispanic homosexual homosexuality hungarian imam immigrant
immigration indian indigenous intersex iranian iraqi irish islam islamic israeli italian jain jamaican
japanese jew jewish judaism kashmiri kenyan kippah korean kurdish lankan latina latino latvian lesbian
lesbianism lgbt lgbtq lgbtqia lgbtqplus lithuanian male mandir methodist mexican migrant mormon mosque
muslim nepali neurodivergent nigerian niqab nonbinary orthodox pakistani palestinian pan pansexual
paraplegic pentecostal persian polish polyamorous portuguese presbyterian pride pronoun pronouns
protestant punjabi quaker queer quran rabbi ramadan rastafarian refugee roma romanian russian scots
scottish sexuality shia sikh somali spanish straight sunni synagogue syrian tamil tibetan tourette
tourettes trans transgender transition transsexual traveler traveller turban turkish ukrainian vicar
welsh wheelchair white yemeni yiddish zimbabwean
"""
# Words that do not turn an identity into something else: "i am gay" is about identity alone.
_FILLERS = """
a about all am an and are as at be been being believe boys for friend friends girls guy guys
he her him i im in is it kid kids man men my of or our people person pupil pupils religion seeker
seekers she so student students teacher teachers that the their them they think to too user users very
was we were who woman women you your
"""

EVERYDAY = frozenset(_EVERYDAY.split())
IDENTITY = frozenset(_IDENTITY.split())
FILLERS = frozenset(_FILLERS.split())
