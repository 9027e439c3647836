//! What happens around every operation, whatever door it came through: limits before it, a deadline on it, its cost and the
//! request's id in its answer.

use std::any::TypeId;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use async_graphql::extensions::{
    Extension, ExtensionContext, ExtensionFactory, NextExecute, NextPrepareRequest, NextRequest,
    NextSubscribe, NextValidation,
};
use async_graphql::parser::types::{
    ExecutableDocument, OperationDefinition, OperationType, Selection,
};
use async_graphql::{Data, Request, Response, ServerError, ServerResult, ValidationResult, value};
use futures_util::StreamExt as _;
use futures_util::stream::BoxStream;
use tokio::sync::OnceCell;

use super::Schema;
use super::choice;
use super::guard::published;
use super::limits::{self, Points, Rates, Seat};
use super::persisted::Persisted;
use crate::auth::Viewer;

/// A query that runs longer is ended. The slowest one, health, gives up by itself before that. A mutation is not cut: it has
/// the HTTP request's time.
const QUERY_TIME: Duration = Duration::from_secs(15);

/// One request as its door knows it; a socket has one for all its operations.
#[derive(Debug, Default)]
pub(super) struct Door {
    /// As in the answer's `x-request-id`.
    pub(super) request_id: String,
    /// Whether no mutation may come through.
    pub(super) is_for_reading: bool,
    /// Whether an operation was begun: its answer has data, if only null.
    has_begun: AtomicBool,
    /// That something raw was read through it is written down.
    revealed: OnceCell<()>,
}

impl Door {
    /// A door of one request.
    pub(super) fn new(request_id: String, is_for_reading: bool) -> Self {
        Self {
            request_id,
            is_for_reading,
            has_begun: AtomicBool::new(false),
            revealed: OnceCell::new(),
        }
    }

    /// Lets something raw be read once that is written down: by the first reader, for all of one operation.
    pub(super) async fn reveal(
        &self,
        write_down: impl Future<Output = crate::error::Result<()>>,
    ) -> async_graphql::Result<()> {
        let written = self.revealed.get_or_try_init(|| write_down).await;
        written.copied().map_err(published)
    }

    /// Whether an operation was begun.
    pub(super) fn has_begun(&self) -> bool {
        self.has_begun.load(Ordering::Relaxed)
    }
}

/// Puts the rail around each operation.
pub(super) struct Guardrail {
    pub(super) rates: Arc<Rates>,
    pub(super) persisted: Arc<Persisted>,
    /// Runs what was let in. Under an extension every field of every row takes a detour; this schema has none.
    pub(super) inner: Schema,
}

impl ExtensionFactory for Guardrail {
    fn create(&self) -> Arc<dyn Extension> {
        Arc::new(Rail {
            rates: self.rates.clone(),
            persisted: self.persisted.clone(),
            inner: self.inner.clone(),
            known: Arc::default(),
        })
    }
}

struct Rail {
    rates: Arc<Rates>,
    persisted: Arc<Persisted>,
    inner: Schema,
    known: Arc<Known>,
}

/// What is known of one operation.
#[derive(Default)]
struct Known {
    door: OnceLock<Arc<Door>>,
    viewer: OnceLock<String>,
    is_query: AtomicBool,
    is_live: AtomicBool,
    /// A subscription's, as long as it is open.
    seat: OnceLock<Seat>,
    /// Its complexity; 0 before that is known.
    cost: AtomicUsize,
    /// The request without who asks, once it is let in.
    let_in: Mutex<Option<Request>>,
}

#[async_trait::async_trait]
impl Extension for Rail {
    async fn request(&self, ctx: &ExtensionContext<'_>, next: NextRequest<'_>) -> Response {
        let answer = next.run(ctx).await;
        self.known.sign(answer)
    }

    fn subscribe<'s>(
        &self,
        ctx: &ExtensionContext<'_>,
        stream: BoxStream<'s, Response>,
        next: NextSubscribe<'_>,
    ) -> BoxStream<'s, Response> {
        let known = self.known.clone();
        let signed = stream.map(move |answer| known.sign(answer)).boxed();
        next.run(ctx, signed)
    }

    async fn prepare_request(
        &self,
        ctx: &ExtensionContext<'_>,
        request: Request,
        next: NextPrepareRequest<'_>,
    ) -> ServerResult<Request> {
        let mut request = next.run(ctx, request).await?;
        self.known.meet(&request.data, ctx.session_data);
        if let Some(viewer) = self.known.viewer.get() {
            self.rates.take(viewer, Points::OPERATION)?;
        }
        limits::check_variables(&request.variables)?;
        let is_program = self
            .known
            .viewer
            .get()
            .is_some_and(|it| it.starts_with("tok_"));
        self.persisted.resolve(&mut request, is_program)?;
        limits::scan(&request.query)?;
        let name = request.operation_name.clone();
        let variables = std::mem::take(&mut request.variables);
        let document = request.parsed_query().map_err(in_syntax)?;
        limits::measure(document, &variables)?;
        limits::check_pages(document, &variables)?;
        self.known.check_kind(document, name.as_deref())?;
        request.variables = variables;
        self.persisted.keep(&request);
        self.known.let_in(&mut request).map_err(in_syntax)?;
        Ok(request)
    }

    async fn validation(
        &self,
        ctx: &ExtensionContext<'_>,
        next: NextValidation<'_>,
    ) -> Result<ValidationResult, Vec<ServerError>> {
        let found = next.run(ctx).await.map_err(in_validation)?;
        limits::check_complexity(found.complexity).map_err(|it| vec![it])?;
        self.known
            .cost
            .store(found.complexity.max(1), Ordering::Relaxed);
        if let Some(viewer) = self.known.viewer.get() {
            let points = Points::of_fields(found.complexity);
            self.rates.take(viewer, points).map_err(|it| vec![it])?;
            if self.known.is_live.load(Ordering::Relaxed) {
                let seat = self.rates.seats.sit(viewer).map_err(|it| vec![it])?;
                let _ = self.known.seat.set(seat);
            }
        }
        Ok(found)
    }

    async fn execute(
        &self,
        ctx: &ExtensionContext<'_>,
        operation_name: Option<&str>,
        next: NextExecute<'_>,
    ) -> Response {
        if let Some(door) = self.known.door.get() {
            door.has_begun.store(true, Ordering::Relaxed);
        }
        let run = async {
            match self.known.again(ctx) {
                Some(request) => self.inner.execute(request).await,
                None => next.run(ctx, operation_name).await,
            }
        };
        if !self.known.is_query.load(Ordering::Relaxed) {
            return run.await;
        }
        let late = |_| {
            let seconds = usize::try_from(QUERY_TIME.as_secs()).unwrap_or(usize::MAX);
            let message = format!(
                "The query took longer than {seconds} s and was ended. Ask for less at once."
            );
            let mut error = limits::exceeded("QUERY_TIMEOUT", (seconds, seconds), &message);
            error.extensions.get_or_insert_default().unset("actual");
            Response::from_errors(vec![error])
        };
        tokio::time::timeout(QUERY_TIME, run)
            .await
            .unwrap_or_else(late)
    }
}

impl Known {
    /// Takes up what the door left with the request, or with its socket.
    fn meet(&self, of_request: &Data, of_socket: &Data) {
        if let Some(door) = left::<Arc<Door>>(of_request).or_else(|| left(of_socket)) {
            let _ = self.door.set(door.clone());
        }
        if let Some(viewer) = left::<Viewer>(of_request).or_else(|| left(of_socket)) {
            let _ = self.viewer.set(viewer.id.clone());
        }
    }

    /// Notes whether the operation is a query; a door may take no mutation.
    fn check_kind(&self, document: &ExecutableDocument, name: Option<&str>) -> ServerResult<()> {
        let chosen = |wanted| choice::of(document, name, wanted).next().is_some();
        let is_mutation = chosen(OperationType::Mutation);
        let is_live = chosen(OperationType::Subscription);
        for operation in choice::of(document, name, OperationType::Subscription) {
            follows_one(operation)?;
        }
        let is_query = !is_mutation && !is_live;
        self.is_live.store(is_live, Ordering::Relaxed);
        self.is_query.store(is_query, Ordering::Relaxed);
        if is_mutation && self.door.get().is_some_and(|it| it.is_for_reading) {
            let message = "GET is for queries: send mutations by POST.".to_owned();
            return Err(limits::named("METHOD_NOT_ALLOWED", message));
        }
        Ok(())
    }

    /// Keeps what the inner schema needs of a request. A subscription stays where its stream is.
    fn let_in(&self, request: &mut Request) -> ServerResult<()> {
        let document = request.parsed_query()?.clone();
        if self.is_live.load(Ordering::Relaxed) {
            return Ok(());
        }
        let mut again = Request::new("").variables(request.variables.clone());
        again.operation_name.clone_from(&request.operation_name);
        again.set_parsed_query(document);
        *self.kept() = Some(again);
        Ok(())
    }

    /// The request for the inner schema, with who asks.
    fn again(&self, ctx: &ExtensionContext<'_>) -> Option<Request> {
        let mut again = self.kept().take()?;
        if let Some(viewer) = ctx.data_opt::<Viewer>() {
            again = again.data(viewer.clone());
        }
        if let Some(door) = self.door.get() {
            again = again.data(door.clone());
        }
        Some(again)
    }

    fn kept(&self) -> MutexGuard<'_, Option<Request>> {
        self.let_in.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds the cost to an answer, and the request's id to its errors.
    fn sign(&self, mut answer: Response) -> Response {
        if let Some(door) = self.door.get() {
            for error in &mut answer.errors {
                let extensions = error.extensions.get_or_insert_default();
                extensions.set("requestId", door.request_id.as_str());
            }
        }
        let cost = self.cost.load(Ordering::Relaxed);
        if cost == 0 {
            return answer;
        }
        answer.extension(
            "cost",
            value!({ "requested": cost, "limit": (limits::COMPLEXITY) }),
        )
    }
}

/// Refuses a subscription whose one field is not to be seen. In a fragment the library would follow nothing, and say nothing;
/// each of two would have a place of its own in the log, and a client could go on from one only.
fn follows_one(operation: &OperationDefinition) -> ServerResult<()> {
    let items = &operation.selection_set.node.items;
    if items
        .iter()
        .any(|it| !matches!(it.node, Selection::Field(_)))
    {
        let message = "A subscription names its field itself, not in a fragment: write it there.";
        return Err(limits::named(
            "FRAGMENT_IN_SUBSCRIPTION",
            message.to_owned(),
        ));
    }
    if items.len() > 1 {
        let count = items.len();
        let message = format!("A subscription has one field, not {count}: begin one for each.");
        return Err(limits::named("FIELDS_IN_SUBSCRIPTION", message));
    }
    Ok(())
}

fn left<T: 'static>(data: &Data) -> Option<&T> {
    data.get(&TypeId::of::<T>())?.downcast_ref()
}

fn in_syntax(mut error: ServerError) -> ServerError {
    let extensions = error.extensions.get_or_insert_default();
    extensions.set("code", "GRAPHQL_PARSE_FAILED");
    error
}

fn in_validation(mut errors: Vec<ServerError>) -> Vec<ServerError> {
    errors.truncate(limits::ERRORS);
    for error in &mut errors {
        let extensions = error.extensions.get_or_insert_default();
        extensions.set("code", "GRAPHQL_VALIDATION_FAILED");
    }
    errors
}
