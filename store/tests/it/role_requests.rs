//! "Become a global admin".

use crate::harness::{Backend, demo, on_both};
use domain::access::{Action, Role};
use domain::console::CompanyForm;
use domain::people::{PROOF_EVERY, PeopleRefusal, RequestState, SeatsOfLeaver, proof_value};
use domain::queue::{WorkKind, WorkSubject};
use hickory_resolver::proto::op::Message;
use hickory_resolver::proto::rr::rdata::TXT;
use hickory_resolver::proto::rr::{RData, Record};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use store::companies::change_company;
use store::people::account::{disable_user, set_roles};
use store::people::role_request::{decide_request, get_become, prove_domain, request_role, withdraw_request};
use store::queue::{WorkQuery, get_work, list_work};
use store::{Dns, StoreError};
use tokio::net::UdpSocket;

on_both! {
    a_global_admin_decides => decided,
    an_operator_decides_where_nobody_else_can => ownerless,
    a_domain_proves_its_own => proved,
    a_domain_that_was_taken_away_proves_nothing => taken_away,
}

const MARTA: &str = "marta.mpn@contoso.example";
const NORA: &str = "nora.new@northwind.example";
const OLGA: &str = "olga.operator@programme.example";

fn refusal(r: Result<impl std::fmt::Debug, StoreError>) -> PeopleRefusal {
    match r {
        Err(StoreError::People(refusal)) => refusal,
        other => panic!("{other:?}"),
    }
}

async fn decided(backend: Backend) {
    let world = demo(backend).await;
    let (anna, marta) = (world.anna().await, world.ctx(MARTA).await);
    assert_eq!(get_become(&marta).await.unwrap().global_admins, ["Anna Global"]);
    assert_eq!(refusal(request_role(&anna, "").await), PeopleRefusal::AlreadyGlobalAdmin);
    assert_eq!(refusal(request_role(&marta, &"x".repeat(501)).await), PeopleRefusal::ReasonTooLong);
    let id = request_role(&marta, " I buy\0 the packages. ").await.unwrap();
    assert_eq!(refusal(request_role(&marta, "").await), PeopleRefusal::AlreadyRequested);
    let waiting = get_become(&anna).await.unwrap().to_decide;
    assert_eq!((waiting.len(), waiting[0].note.as_str()), (1, "I buy the packages."));
    assert!(get_become(&marta).await.unwrap().to_decide.is_empty());
    // Neither oneself, nor an operator while the company has somebody, nor a stranger.
    assert!(matches!(decide_request(&marta, id, true, "").await, Err(StoreError::Forbidden(Action::GrantGlobalAdmin))));
    let olga = world.ctx(OLGA).await;
    assert_eq!(refusal(decide_request(&olga, id, true, "").await), PeopleRefusal::HasGlobalAdmin);
    assert!(matches!(decide_request(&world.gina().await, id, true, "").await, Err(StoreError::NotFound)));
    assert_eq!(refusal(decide_request(&anna, id, false, " ").await), PeopleRefusal::ReasonMissing);
    decide_request(&anna, id, false, "Two are enough.").await.unwrap();
    let mine = get_become(&marta).await.unwrap().mine.unwrap();
    assert_eq!((mine.state, mine.reason.as_str()), (RequestState::Declined, "Two are enough."));
    assert_eq!(mine.decided_by.as_deref(), Some("Anna Global"));
    assert_eq!(refusal(decide_request(&anna, id, true, "").await), PeopleRefusal::AlreadyDecided);
    world.store.clock.advance(chrono::TimeDelta::seconds(1));
    let again = request_role(&marta, "").await.unwrap();
    assert!(matches!(
        withdraw_request(&world.ctx("adam.agent@contoso.example").await, again).await,
        Err(StoreError::NotFound)
    ));
    withdraw_request(&marta, again).await.unwrap();
    world.store.clock.advance(chrono::TimeDelta::seconds(1));
    let third = request_role(&marta, "").await.unwrap();
    decide_request(&anna, third, true, "").await.unwrap();
    assert!(world.ctx(MARTA).await.principal.roles.contains(&Role::GlobalAdmin));
    world.audit_holds(anna.principal.company).await;
}

async fn ownerless(backend: Backend) {
    let world = demo(backend).await;
    let (nora, olga) = (world.ctx(NORA).await, world.ctx(OLGA).await);
    let id = request_role(&nora, "").await.unwrap();
    let query = WorkQuery { kind: Some(WorkKind::RoleRequest), ..WorkQuery::default() };
    let waiting = async || list_work(&olga, &query).await.unwrap().rows;
    assert_eq!(waiting().await[0].company, "Northwind");
    match get_work(&olga, waiting().await[0].id).await.unwrap().subject {
        WorkSubject::RoleRequest(request) => assert_eq!(request.person, "Nora New"),
        other => panic!("{other:?}"),
    }
    // A company with a Global admin is not the operator's business.
    request_role(&world.ctx(MARTA).await, "").await.unwrap();
    assert_eq!(waiting().await.len(), 1);
    decide_request(&olga, id, true, "Called the office.").await.unwrap();
    assert!(world.ctx(NORA).await.principal.roles.contains(&Role::GlobalAdmin));
    assert!(waiting().await.is_empty());
    // The company's own chain tells of it.
    assert!(world.audit_holds(nora.principal.company).await >= 2);
}

/// A name server on this machine that knows one name. Before it answers, something may happen.
async fn name_server<F: Future<Output = ()> + Send + 'static>(
    texts: Arc<Mutex<Vec<String>>>,
    meanwhile: impl Fn() -> F + Send + 'static,
) -> SocketAddr {
    let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let address = socket.local_addr().unwrap();
    tokio::spawn(async move {
        let mut buffer = [0; 1500];
        while let Ok((length, peer)) = socket.recv_from(&mut buffer).await {
            let Ok(asked) = Message::from_vec(&buffer[..length]) else { continue };
            meanwhile().await;
            let mut answer = Message::response(asked.metadata.id, asked.metadata.op_code);
            for query in &asked.queries {
                answer.add_query(query.clone());
                if query.name().to_ascii().eq_ignore_ascii_case("_vorteil.northwind.example.") {
                    for text in texts.lock().unwrap().iter() {
                        let data = RData::TXT(TXT::new(vec![text.clone()]));
                        answer.add_answer(Record::from_rdata(query.name().clone(), 60, data));
                    }
                }
            }
            socket.send_to(&answer.to_vec().unwrap(), peer).await.unwrap();
        }
    });
    address
}

async fn proved(backend: Backend) {
    let world = demo(backend).await;
    let texts = Arc::new(Mutex::new(vec!["v=spf1 -all".to_owned()]));
    let dns = Dns::at(name_server(texts.clone(), || async {}).await);
    let with_dns = async |email| {
        let mut ctx = world.ctx(email).await;
        ctx.store.dns = dns;
        ctx
    };
    let nora = with_dns(NORA).await;
    let id = request_role(&nora, "").await.unwrap();
    let proof = get_become(&nora).await.unwrap().proof.unwrap();
    assert_eq!(proof.name, "_vorteil.northwind.example");
    assert_eq!(refusal(prove_domain(&nora, id).await), PeopleRefusal::ProofNotFound);
    let until = world.store.now() + PROOF_EVERY;
    assert_eq!(refusal(prove_domain(&nora, id).await), PeopleRefusal::TooSoon { until });
    world.store.clock.advance(PROOF_EVERY);
    texts.lock().unwrap().push(proof_value("somebody else's"));
    assert_eq!(refusal(prove_domain(&nora, id).await), PeopleRefusal::ProofNotFound);
    world.store.clock.advance(PROOF_EVERY);
    assert!(matches!(prove_domain(&with_dns(MARTA).await, id).await, Err(StoreError::NotFound)));
    texts.lock().unwrap().push(proof.value);
    prove_domain(&nora, id).await.unwrap();
    let become_one = get_become(&with_dns(NORA).await).await.unwrap();
    assert!(become_one.is_one);
    assert_eq!(become_one.mine.unwrap().state, RequestState::Proved);
    // Where somebody can decide, the domain is not asked.
    let marta = with_dns(MARTA).await;
    let hers = request_role(&marta, "").await.unwrap();
    assert_eq!(get_become(&marta).await.unwrap().proof, None);
    assert_eq!(refusal(prove_domain(&marta, hers).await), PeopleRefusal::HasGlobalAdmin);
    // A disabled Global admin decides nothing, so the company counts as without.
    let anna = world.anna().await;
    let adam = world.person("adam.agent@contoso.example").await.0;
    set_roles(&anna, adam, &[Role::GlobalAdmin], None).await.unwrap();
    disable_user(&anna, adam, SeatsOfLeaver::Keep, None).await.unwrap();
    assert_eq!(get_become(&marta).await.unwrap().global_admins, ["Anna Global"]);
}

/// While the name server is asked, an operator gives the company another domain.
async fn taken_away(backend: Backend) {
    let world = demo(backend).await;
    let mut nora = world.ctx(NORA).await;
    let id = request_role(&nora, "").await.unwrap();
    let texts = Arc::new(Mutex::new(vec![get_become(&nora).await.unwrap().proof.unwrap().value]));
    let (olga, company) = (world.ctx(OLGA).await, nora.principal.company.unwrap());
    let address = name_server(texts, move || {
        let olga = olga.clone();
        async move {
            let form = CompanyForm {
                name: "Northwind".to_owned(),
                account_email: "office@northwind.example".to_owned(),
                domain: "elsewhere.example".to_owned(),
                in_predecessor: false,
            };
            change_company(&olga, company, &form).await.unwrap();
        }
    });
    nora.store.dns = Dns::at(address.await);
    assert_eq!(refusal(prove_domain(&nora, id).await), PeopleRefusal::ProofNotFound);
    assert!(!get_become(&world.ctx(NORA).await).await.unwrap().is_one);
}
