"""The page's colours and style sheet. The colours are the project's own; a test computes their contrast."""

LIGHT = {
    "dusk": "#10283a",
    "lamp": "#f6b93b",
    "page": "#eff3f4",
    "paper": "#ffffff",
    "ink": "#12212b",
    "ink-2": "#475661",
    "rule": "#7d8d97",
    "mark": "#0c5878",
    "on-dusk": "#ffffff",
    "on-dusk-2": "#c9d6de",
    "focus": "#ffc94a",
}
DARK = LIGHT | {
    "dusk": "#08141d",
    "page": "#0f1c26",
    "paper": "#162733",
    "ink": "#e8eff3",
    "ink-2": "#aebdc6",
    "rule": "#7f95a2",
    "mark": "#8fd0ea",
}


def _tokens(colours: dict[str, str]) -> str:
    return "".join(f"--{name}:{value};" for name, value in colours.items())


STYLE = (
    f":root{{{_tokens(LIGHT)}color-scheme:light dark}}"
    f"@media (prefers-color-scheme:dark){{:root{{{_tokens(DARK)}}}}}"
    """
*{box-sizing:border-box}
html{font-size:118.75%;line-height:1.5}
body{margin:0;background:var(--page);color:var(--ink);
font-family:"Segoe UI Variable","Segoe UI",system-ui,"Noto Sans",Roboto,"DejaVu Sans",Arial,sans-serif}
@font-face{font-family:Urdu;src:local("Segoe UI"),local("Noto Naskh Arabic"),local("Noto Sans Arabic");
unicode-range:U+600-6FF,U+FB50-FDFF,U+FE70-FEFF}
@font-face{font-family:Urdu small;src:local("Scheherazade New"),local("Scheherazade"),local("Amiri");
unicode-range:U+600-6FF,U+FB50-FDFF,U+FE70-FEFF;size-adjust:135%}
:lang(ur){font-family:Urdu,Urdu small,"Segoe UI",system-ui,"Noto Sans","DejaVu Sans",sans-serif}
.wrap,main,footer{max-width:60rem;margin:0 auto;padding:0 1rem}
.skip{position:absolute;top:0;padding:.75rem 1rem;background:var(--focus);color:#0b1a24}
.skip:not(:focus){width:1px;height:1px;padding:0;overflow:hidden;white-space:nowrap;clip-path:inset(50%)}
:focus-visible{outline:3px solid var(--focus);box-shadow:0 0 0 6px #0b1a24}
main:focus{outline:none;box-shadow:none}
header{background:var(--dusk);color:var(--on-dusk);padding:.75rem 0 1.25rem}
.brand{margin:0 0 1.5rem}
.device{color:var(--on-dusk-2);margin-inline-start:.75rem;overflow-wrap:anywhere}
.sky{display:flex;gap:2rem;justify-content:space-between;align-items:flex-start}
.state{display:inline-flex;gap:.6rem;align-items:center;margin:0;padding:.25rem .9rem;
border:1px solid var(--on-dusk-2);border-radius:1.5rem}
.dot{flex:none;width:.75rem;height:.75rem;border-radius:50%;border:2px solid var(--on-dusk-2)}
.on .dot{background:var(--lamp);border-color:var(--lamp)}
h1{font-size:2.2rem;line-height:1.15;font-weight:650;margin:1rem 0 .75rem}
h2{font-size:1.35rem;line-height:1.25;font-weight:650;margin:0 0 .75rem}
h3{font-size:1rem;font-weight:650;margin:1.25rem 0 .25rem}
.why,.now{max-width:32rem;margin:0;overflow-wrap:anywhere}
.now{margin-bottom:.75rem}
.detail{color:var(--on-dusk-2);margin:1rem 0 0;overflow-wrap:anywhere}
.lamp{flex:none}
nav ul{display:flex;flex-wrap:wrap;gap:.25rem .5rem;margin:1.5rem 0 0}
nav li{padding:0;margin:0}
nav li::before{content:none}
nav a{display:block;padding:.25rem .6rem;min-height:40px;border-radius:3px;color:var(--on-dusk)}
nav a[aria-current]{background:var(--on-dusk);color:#10283a;text-decoration:none}
.detail a{color:var(--on-dusk)}
main a{color:var(--mark)}
.halo{fill:none}
.on .halo{fill:var(--lamp);fill-opacity:.16}
.iron{fill:none;stroke:#b9c9d3;stroke-width:4;stroke-linejoin:round;stroke-linecap:round}
.flame{fill:none;stroke:#b9c9d3;stroke-width:2}
.on .flame{fill:var(--lamp);stroke:none}
main{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,24rem),1fr));gap:1rem;
padding-top:1.5rem;padding-bottom:1.5rem}
section{background:var(--paper);border:1px solid var(--rule);border-radius:3px;padding:1.25rem 1.5rem}
#talk,#pictures,section#checks,details{grid-column:1/-1}
details{background:var(--paper);border:1px solid var(--rule);border-radius:3px;padding:0 1.5rem}
details[open]{padding-bottom:1.25rem}
details p{margin:0 0 .75rem;overflow-wrap:anywhere}
summary{padding:.9rem 0;min-height:48px;cursor:pointer}
summary h2{display:inline;margin:0}
figure{margin:0 0 .75rem}
.strip{display:block;max-width:100%;height:auto}
.strip .dusk{fill:#10283a}
.strip .amber{fill:#f6b93b}
.strip text{font:15px "DejaVu Sans Mono",monospace;fill:#f6b93b;text-anchor:middle}
.strip .link{text-decoration:underline}
.strip .button{fill:#10283a;font-weight:700}
figcaption{margin-top:.4rem;color:var(--ink-2)}
ol{list-style:none;margin:0;padding:0;display:grid;gap:1.25rem 2rem;
grid-template-columns:repeat(auto-fit,minmax(min(100%,22rem),1fr))}
ol li{display:flex;gap:1.25rem;align-items:center;padding:0;margin:0;font-size:1.15rem}
ol li::before{content:none}
ol span{min-width:0;overflow-wrap:anywhere}
.picture{flex:none;width:7rem;height:7rem}
.picture .ground{fill:#fdf1d8}
.picture .paper{fill:#fff}
.picture .glow{fill:#f6b93b}
.picture .full{fill:#10283a}
.picture .line{fill:none;stroke:#10283a;stroke-width:3.5;stroke-linejoin:round;stroke-linecap:round}
.picture .thin{fill:none;stroke:#10283a;stroke-width:2.5;stroke-linecap:round}
section p{margin:0 0 .75rem;overflow-wrap:anywhere}
section p:last-child{margin-bottom:0}
ul{list-style:none;margin:0 0 .75rem;padding:0}
li{position:relative;padding-inline-start:1.9rem;margin:.35rem 0}
li::before{content:"";position:absolute;inset-inline-start:.15rem;top:.35em;width:.85em;height:.85em;
border:2px solid var(--mark);border-radius:50%}
.yes li::before{background:var(--mark);border-width:0;inset-inline-start:.3rem;top:.5em;
width:.55em;height:.55em}
.groups{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,20rem),1fr));column-gap:2rem}
.help{display:inline-block;margin-top:1.25rem;padding:.6rem 1.4rem;min-height:48px;border-radius:4px;
background:var(--lamp);color:#10283a;font-weight:650;text-decoration:none}
.never li::before{background:linear-gradient(45deg,transparent 43%,var(--mark) 43% 57%,transparent 57%)}
.tonight{padding:.75rem 1rem;border-inline-start:4px solid var(--mark)}
dl{margin:0}
dt{font-weight:650;border-top:1px solid var(--rule);padding-top:.6rem}
dd{margin:0 0 .6rem;color:var(--ink-2)}
footer{color:var(--ink-2);padding-bottom:2rem}
footer p{margin:.25rem 0}
@media (max-width:34rem){.lamp{display:none}h1{font-size:1.8rem}.picture{width:4.5rem;height:4.5rem}
ol li{gap:.75rem}section,details{padding-inline:1rem}}
@media (forced-colors:active){section,details,.state,.dot{border-color:CanvasText}}
@media print{html{font-size:12pt}header{background:none;color:#000}.lamp,.skip,nav{display:none}
.device,.detail{color:#000}main{display:block}section{break-inside:avoid;margin-bottom:.5rem}}
"""
)
