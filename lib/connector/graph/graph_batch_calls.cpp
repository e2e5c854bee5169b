#include "connector/graph/graph_calls.hpp"
#include "connector/graph/graph_metrics.hpp"
#include "connector/graph/graph_patience.hpp"
#include "net/http_status.hpp"

#include <algorithm>
#include <numeric>

namespace crmsync::graph {

namespace asio = boost::asio;

/// One call of batch(): what it was asked, and what it has used up.
struct Calls::BatchRun {
    const std::vector<Part>& parts;
    Purpose purpose;
    Bodies bodies;
    const Use& use;
    std::vector<int> server_errors; ///< met so far, by part
    std::string token;              ///< the last one used
    bool token_refused = false;
    Patience patience_left{Calls::patience};
    std::optional<PartAnswer> given_up{}; ///< a throttled answer that could not be waited out
};

namespace {

constexpr int most_server_errors = 2;
constexpr int most_rounds = 12;

/// What a round of answers leaves to be done.
struct Again {
    std::vector<std::size_t> pending;                ///< indices into the parts
    std::vector<PartAnswer> answers;                 ///< theirs, as long as there is no better one
    GraphError error;                                ///< a throttled one if there is any
    std::size_t error_at = 0;                        ///< whose it is
    std::optional<std::chrono::milliseconds> advice; ///< the longest
};

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

asio::awaitable<void> Calls::batch(std::vector<Part> parts, Purpose purpose, Bodies bodies, Use use)
{
    BatchRun run{parts, purpose, bodies, use, std::vector<int>(parts.size()), {}};
    for (std::size_t first = 0; first < parts.size(); first += batch_size) {
        std::vector<std::size_t> pending(std::min(batch_size, parts.size() - first));
        std::iota(pending.begin(), pending.end(), first);
        if (run.given_up) {
            for (const std::size_t index : pending)
                use(index, *run.given_up);
            continue;
        }
        run.patience_left = Patience(patience);
        co_await run_batch(run, std::move(pending));
    }
}

asio::awaitable<void> Calls::run_batch(BatchRun& run, std::vector<std::size_t> pending)
{
    for (int round = 1; !pending.empty(); ++round) {
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
            const auto middle = pending.begin() + static_cast<std::ptrdiff_t>(pending.size() / 2);
            std::vector<std::size_t> first(pending.begin(), middle);
            std::vector<std::size_t> second(middle, pending.end());
            co_await run_batch(run, std::move(first));
            co_await run_batch(run, std::move(second));
            co_return;
        }
        if (too_large) {
            PartAnswer answer;
            answer.status = 413;
            answers.emplace_back(std::move(answer));
        }

        Again again;
        const bool token_refused_before = run.token_refused;
        for (std::size_t i = 0; i < pending.size(); ++i) {
            const std::size_t index = pending[i];
            PartAnswer answer;
            if (answers[i])
                answer = std::move(*answers[i]);
            if (answer.success()) {
                run.use(index, answer);
                continue;
            }
            GraphError error = classify(answer.status, answer.body(), run.purpose);
            note(error, answer.status, run.purpose);
            const auto advice = net::retry_after(answer.headers, clock_.now());
            const bool servers_fault = is_servers_fault(answer, error, advice);
            bool repeat = error.finding == Finding::throttled && !servers_fault;
            if (error.finding == Finding::token && !token_refused_before) {
                run.token_refused = repeat = true;
                token_.rejected(run.token);
            }
            if (error.reaction == Reaction::reauthorise)
                token_.lacks_permission(run.token);
            if (servers_fault && run.server_errors[index]++ < most_server_errors)
                repeat = true;
            if (repeat)
                add(again, index, std::move(answer), std::move(error), advice);
            else
                run.use(index, answer);
        }
        if (again.pending.empty())
            co_return;

        const std::chrono::milliseconds delay = delay_after(round, again.error, again.advice);
        if (round == most_rounds || !run.patience_left.take(delay)) {
            if (again.error.finding == Finding::throttled &&
                !may_be_its_own(again.error, again.advice))
                run.given_up = again.answers[again.error_at];
            for (std::size_t i = 0; i < again.pending.size(); ++i)
                run.use(again.pending[i], again.answers[i]);
            co_return;
        }
        pending = std::move(again.pending);
        co_await pause(delay);
    }
}

} // namespace crmsync::graph
