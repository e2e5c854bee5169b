#include "connector/graph/graph_calls.hpp"
#include "connector/graph/graph_metrics.hpp"
#include "connector/graph/graph_patience.hpp"
#include "net/http_status.hpp"

#include <algorithm>
#include <deque>
#include <numeric>
#include <utility>

namespace crmsync::graph {

namespace asio = boost::asio;

namespace {

constexpr int most_server_errors = 2;

/// What a round of answers leaves to be done.
struct Again {
    bool progress = false;                           ///< some part has its final answer
    std::vector<std::size_t> pending;                ///< indices into the parts
    std::vector<PartAnswer> answers;                 ///< theirs, as long as there is no better one
    GraphError error;                                ///< a throttled one if there is any
    std::size_t error_at = 0;                        ///< whose it is
    std::optional<std::chrono::milliseconds> advice; ///< the longest
};

} // namespace

/// One call of batch(): what it was asked, and what it has used up.
struct Calls::BatchRun {
    const std::vector<Part>& parts;
    Purpose purpose;
    Bodies bodies;
    const Use& use;
    std::vector<int> server_errors;      ///< met so far, by part
    std::deque<std::size_t> waiting{};   ///< parts without a final answer, those that failed first
    std::size_t most_parts = batch_size; ///< at once: fewer after an answer that was too large
    int attempt = 0;                     ///< rounds after which somebody had to wait, in a row
    std::string token{};                 ///< the last one used
    bool token_refused = false;
    Patience patience_left{Calls::patience}; ///< since the last progress
    Patience in_all{Calls::patience_with_progress};

    std::vector<std::size_t> next()
    {
        const auto end =
            waiting.begin() + static_cast<std::ptrdiff_t>(std::min(most_parts, waiting.size()));
        std::vector<std::size_t> pending(waiting.begin(), end);
        waiting.erase(waiting.begin(), end);
        return pending;
    }
    void put_back(const std::vector<std::size_t>& pending)
    {
        waiting.insert(waiting.begin(), pending.begin(), pending.end());
    }
    Again read(std::vector<std::optional<PartAnswer>> answers,
               const std::vector<std::size_t>& pending, Calls& calls);
    void give_up(const Again& again);
};

namespace {

void add(Again& again, std::size_t index, PartAnswer answer, GraphError error,
         std::optional<std::chrono::milliseconds> advice)
{
    if (again.pending.empty() || error.finding == Finding::throttled) {
        again.error = std::move(error);
        again.error_at = again.pending.size();
    }
    if (advice)
        again.advice = std::max(advice, again.advice);
    again.pending.push_back(index);
    again.answers.push_back(std::move(answer));
}

bool is_servers_fault(const PartAnswer& answer, const GraphError& error,
                      std::optional<std::chrono::milliseconds> advice)
{
    return may_be_its_own(error, advice) ||
           (error.reaction == Reaction::retry &&
            (answer.status >= 500 || answer.status == 424 || answer.status == 0));
}

} // namespace

asio::awaitable<std::vector<std::optional<PartAnswer>>>
Calls::send_batch(BatchRun& run, const std::vector<std::size_t>& pending)
{
    std::vector<const Part*> chosen;
    for (const std::size_t index : pending)
        chosen.push_back(&run.parts[index]);
    net::Request request;
    request.method = net::Method::post;
    request.url = urls_.url("/$batch");
    request.headers = {{"Accept", "application/json"}, {"Content-Type", "application/json"}};
    request.body = batch_text(chosen);
    request.max_body = run.purpose.most_answer;

    const int count = static_cast<int>(pending.size());
    metrics_.add(metric::batch_parts, count, {{"purpose", std::string(run.purpose.label)}});
    const net::Response response =
        co_await send_patiently(std::move(request), run.purpose, most_server_errors, at_once, count,
                                run.patience_left, run.token);
    if (!holds_answers(response))
        throw failure_of(classify(response, run.purpose), mailbox_);
    co_return read_batch(response.body, pending.size(), run.bodies);
}

/// Hands on what is final, and says what is to be asked again.
Again Calls::BatchRun::read(std::vector<std::optional<PartAnswer>> answers,
                            const std::vector<std::size_t>& pending, Calls& calls)
{
    Again again;
    const bool token_refused_before = token_refused;
    for (std::size_t i = 0; i < pending.size(); ++i) {
        const std::size_t index = pending[i];
        PartAnswer answer;
        if (answers[i])
            answer = std::move(*answers[i]);
        if (answer.success()) {
            again.progress = true;
            use(index, answer);
            continue;
        }
        GraphError error = classify(answer.status, answer.body(), purpose);
        calls.note(error, answer.status, purpose);
        const auto advice = net::retry_after(answer.headers, calls.clock_.now());
        const bool servers_fault = is_servers_fault(answer, error, advice);
        bool repeat = error.finding == Finding::throttled && !servers_fault;
        if (error.finding == Finding::token && !token_refused_before) {
            token_refused = repeat = true;
            calls.token_.rejected(token);
        }
        if (error.reaction == Reaction::reauthorise)
            calls.token_.lacks_permission(token);
        if (servers_fault && server_errors[index]++ < most_server_errors)
            repeat = true;
        if (repeat) {
            add(again, index, std::move(answer), std::move(error), advice);
        } else {
            again.progress = true;
            use(index, answer);
        }
    }
    return again;
}

/// What failed keeps its answer. Where the mailbox was closed, that holds for the rest as well.
void Calls::BatchRun::give_up(const Again& again)
{
    for (std::size_t i = 0; i < again.pending.size(); ++i)
        use(again.pending[i], again.answers[i]);
    const bool closed =
        again.error.finding == Finding::throttled && !may_be_its_own(again.error, again.advice);
    if (closed)
        for (const std::size_t index : std::exchange(waiting, {}))
            use(index, again.answers[again.error_at]);
}

asio::awaitable<void> Calls::batch(std::vector<Part> parts, Purpose purpose, Bodies bodies, Use use)
{
    BatchRun run{parts, purpose, bodies, use, std::vector<int>(parts.size())};
    run.waiting.resize(parts.size());
    std::iota(run.waiting.begin(), run.waiting.end(), std::size_t(0));
    while (!run.waiting.empty())
        co_await run_batch(run, run.next());
}

/// Every round gives some part its final answer or takes from a patience: it comes to an end.
asio::awaitable<void> Calls::run_batch(BatchRun& run, std::vector<std::size_t> pending)
{
    bool too_large = false;
    std::vector<std::optional<PartAnswer>> answers;
    try {
        answers = co_await send_batch(run, pending);
    } catch (const Failure& failure) {
        if (failure.name() != "net.answer_too_large")
            throw;
        too_large = true;
    }
    if (too_large && pending.size() > 1) {
        // Twenty large bodies in one answer: ask for fewer at a time, down to one.
        run.most_parts = (pending.size() + 1) / 2;
        run.put_back(pending);
        co_return;
    }
    if (too_large) {
        PartAnswer answer;
        answer.status = 413;
        answers.emplace_back(std::move(answer));
    }

    const Again again = run.read(std::move(answers), pending, *this);
    if (again.pending.empty()) {
        run.attempt = 0;
        co_return;
    }
    // As long as some parts get through a pause is as long as was asked for, and does not grow.
    if (again.progress)
        run.patience_left = Patience(patience);
    run.attempt = again.progress && again.advice ? 1 : run.attempt + 1;
    const std::chrono::milliseconds delay = delay_after(run.attempt, again.error, again.advice);
    if (!run.patience_left.take(delay) || !run.in_all.take(delay)) {
        run.give_up(again);
        run.patience_left = Patience(patience);
        run.attempt = 0;
        co_return;
    }
    run.put_back(again.pending);
    co_await pause(delay);
}

} // namespace crmsync::graph
