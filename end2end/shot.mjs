import { chromium } from '@playwright/test';
const B='http://127.0.0.1:3900';
const b=await chromium.launch({executablePath:'/usr/bin/chromium',args:['--no-sandbox']});
const errs=[];
async function sess(email,opt){const c=await b.newContext({baseURL:B,...opt});const p=await c.newPage();p.on('console',m=>{if(m.type()==='error')errs.push(p.url()+': '+m.text())});p.on('pageerror',e=>errs.push(p.url()+': '+e));await p.goto('/sign-in');await p.fill('#email',email);await p.fill('#password','Vorteil-demo-2026');await p.click('form.card button[type=submit], main button[type=submit]');await p.waitForURL(/\/$/);return p;}
const set=process.argv[2]??'all';
const d={viewport:{width:1280,height:900},locale:'en-GB'}, m={viewport:{width:360,height:740},locale:'de-DE',colorScheme:'dark'};
for(const [n,opt] of [['d',d],['m',m]]){
 const a=await sess('anna.global@contoso.example',opt);
 const go=async(p,u,f)=>{await p.goto(u);await p.waitForTimeout(900);await p.screenshot({path:`/tmp/shots/${n}-${f}.png`,fullPage:true});};
 await go(a,'/benefits/technical','tech');
 // open support of action pack & pending
 const rows=await a.$$eval('tr button.arrow',bs=>bs.map(x=>x.getAttribute('aria-controls').replace('detail-','')));
 for(let i=0;i<rows.length;i++) await go(a,'/benefits/technical?open='+rows[i],'tech-open'+i);
 await go(a,'/benefits/technical/requests','cases');
 await go(a,'/benefits/technical/requests/new','new0');
 const h=await a.$$eval('a[href*="new?for="]',x=>x.map(y=>y.getAttribute('href')));
 if(h[0]) await go(a,h[0],'new');
 await go(a,'/benefits/technical/requests/AR-2026-00001','case');
 const o=await sess('olga.operator@programme.example',opt);
 await go(o,'/','opdash');
 await go(o,'/operator/queue','queue');
 const w=await o.$$eval('th a[href^="/operator/queue/"]',x=>x.map(y=>y.getAttribute('href')));
 for(let i=0;i<w.length;i++) await go(o,w[i],'work'+i);
 await go(o,'/operator/outbox','outbox');
 const ml=await o.$$eval('th a[href^="/operator/outbox/"]',x=>x.map(y=>y.getAttribute('href')));
 await go(o,ml[0],'mail');
 const e=await sess('emil.employee@contoso.example',opt); await go(e,'/my-benefits','mine');
 const u=await sess('ursula.user@contoso.example',opt); await go(u,'/benefits/technical?open='+rows[0],'tech-ursula');
}
console.log(errs.join('\n')||'no errors'); await b.close();
