//! The jobs that the program does by itself, and the alarm when one is late.

use serde_json::{Value, json};
use std::time::Duration;
use store::Store;
use store::schedule::{get_jobs, run_due, tell_late};
use tokio::sync::watch;
use uuid::Uuid;

/// So often it is looked whether something is due.
const LOOK_EVERY: Duration = Duration::from_secs(5);

/// So often it is looked whether something is late.
const WATCH_EVERY: Duration = Duration::from_secs(60);

/// Does what is due, until it is told to stop. A job that has begun is finished.
pub async fn work(store: Store, mut stop: watch::Receiver<bool>) {
    let worker = Uuid::new_v4();
    let mut turn = tokio::time::interval(LOOK_EVERY);
    turn.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            _ = turn.tick() => {}
            _ = stop.wait_for(|told| *told) => return,
        }
        match run_due(&store, worker).await {
            Ok(done) => {
                for (job, ended) in done {
                    match ended {
                        Ok(did) => tracing::info!(job = job.slug(), did, "a job is done"),
                        Err(error) => tracing::error!(job = job.slug(), %error, "a job failed"),
                    }
                }
            }
            Err(error) => tracing::warn!(%error, "the jobs could not be looked at"),
        }
    }
}

/// Tells of jobs that are late. Beside the jobs: whatever keeps them keeps nothing from being told.
pub async fn watch(store: Store) {
    let mut turn = tokio::time::interval(WATCH_EVERY);
    turn.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        turn.tick().await;
        match tell_late(&store).await {
            Ok(late) => {
                for job in late {
                    tracing::error!(job = job.slug(), "a job is late");
                }
            }
            Err(error) => tracing::warn!(%error, "it could not be told that a job is late"),
        }
    }
}

/// The jobs for `/readyz`: names, times and results, nothing of any company.
pub async fn report(store: &Store) -> Result<(Value, bool), store::StoreError> {
    let jobs = get_jobs(store).await?;
    let is_late = jobs.iter().any(|job| job.is_late);
    let jobs: Vec<Value> = jobs
        .into_iter()
        .map(|row| {
            json!({
                "job": row.job.slug(),
                "last_run": row.last_at.map(|at| at.to_rfc3339()),
                "due": row.due_at.to_rfc3339(),
                "next_run": row.next_at.to_rfc3339(),
                "result": match row.did {
                    Some(did) => json!({ "done": did }),
                    None if row.failures > 0 => json!({ "failures": row.failures }),
                    None => Value::Null,
                },
                "late": row.is_late,
            })
        })
        .collect();
    Ok((Value::Array(jobs), is_late))
}
