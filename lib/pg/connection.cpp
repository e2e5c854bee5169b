#include "pg/connection.hpp"

#include "base/log.hpp"
#include "pg/exchange.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <stdexcept>
#include <utility>

namespace crmsync::pg {

namespace asio = boost::asio;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

Script& Script::add(const Statement& statement, Params params)
{
    steps_.push_back(Step{statement, std::move(params)});
    return *this;
}

namespace {

using State = Connection::State;

void note_step(const State& state, std::string_view step)
{
    if (state.options.step)
        state.options.step(step);
}

void log_round_trip(const State& state, std::string_view what, std::size_t statements,
                    const Answers& answers, steady_clock::time_point started)
{
    if (!log::enabled(log::Level::debug, log::Area::sql))
        return;
    int rows = 0;
    for (const Result& result : answers.results)
        rows += result.rows();
    const auto took = std::chrono::duration_cast<milliseconds>(steady_clock::now() - started);
    log::debug(log::Area::sql, "round trip",
               {{"connection", state.number},
                {"statement", what},
                {"statements", statements},
                {"rows", rows},
                {"failure", answers.failure ? answers.failure->name() : "none"},
                {"ms", took.count()}});
}

asio::awaitable<std::vector<Result>> run_script(std::shared_ptr<State> state, Script script)
{
    if (script.size() == 0)
        co_return std::vector<Result>();
    note_step(*state, "sql.send");
    const auto started = steady_clock::now();
    Answers answers;
    {
        Call call(*state, state->options.statement_deadline);
        if (PQpipelineStatus(state->session.pg()) == PQ_PIPELINE_OFF) {
            call.settle();
            throw std::logic_error("this connection was opened for run_simple");
        }
        Exchange exchange(*state, script);
        co_await exchange.send();
        answers = co_await exchange.collect();
        call.settle();
    }
    log_round_trip(*state, script.steps().front().statement.name, script.size(), answers, started);
    note_step(*state, "sql.answer");
    if (answers.failure)
        throw *answers.failure;
    co_return std::move(answers.results);
}

asio::awaitable<Result> run_single(std::shared_ptr<State> state, Script script)
{
    auto results = co_await run_script(std::move(state), std::move(script));
    co_return std::move(results.front());
}

asio::awaitable<std::vector<Result>> run_text(std::shared_ptr<State> state, std::string sql)
{
    note_step(*state, "sql.send");
    const auto started = steady_clock::now();
    Answers answers;
    {
        Call call(*state, state->options.statement_deadline);
        if (PQsendQuery(state->session.pg(), sql.c_str()) == 0)
            throw state->session.lost();
        co_await state->session.flush();
        for (;;) {
            auto result = co_await state->session.next_result();
            if (!result)
                break;
            const auto status = PQresultStatus(result.get());
            if (status == PGRES_FATAL_ERROR) {
                Failure failure = failure_in(result.get(), "statement");
                if (!answers.failure)
                    answers.failure = std::move(failure);
            } else if (status == PGRES_COPY_IN || status == PGRES_COPY_OUT) {
                throw std::logic_error("COPY is not supported here");
            } else {
                answers.results.emplace_back(result.release(), "statement");
            }
        }
        call.settle();
    }
    log_round_trip(*state, "text", 1, answers, started);
    note_step(*state, "sql.answer");
    if (answers.failure)
        throw *answers.failure;
    co_return std::move(answers.results);
}

asio::awaitable<std::string> wait_for_notification(std::shared_ptr<State> state)
{
    Call call(*state, milliseconds::zero());
    for (;;) {
        const std::unique_ptr<PGnotify, decltype(&PQfreemem)> notification(
            PQnotifies(state->session.pg()), &PQfreemem);
        if (notification) {
            call.settle();
            co_return std::string(notification->extra);
        }
        co_await state->session.receive();
    }
}

ConnectionParameters parameters_for(const ConnectionOptions& options, int number)
{
    ConnectionParameters parameters = parse_url(options.url);
    const auto set = [&](const char* keyword, std::string value, bool always) {
        const auto same = [&](const auto& parameter) { return parameter.first == keyword; };
        const auto found = std::find_if(parameters.begin(), parameters.end(), same);
        if (found == parameters.end())
            parameters.emplace_back(keyword, std::move(value));
        else if (always)
            found->second = std::move(value);
    };
    set("client_encoding", "UTF8", true);
    set("application_name", fmt::format("crmsync {} {}", options.purpose, number), true);
    // A peer that vanished without a word is noticed in a minute and a half.
    set("keepalives_idle", "60", false);
    set("keepalives_interval", "10", false);
    set("keepalives_count", "3", false);
    return parameters;
}

/// The server gives up a little before we do, so that it does not work on for nobody. A transaction
/// left idle for so long belongs to a process that hangs; its locks would stop the others.
std::string session_settings(const ConnectionOptions& options)
{
    const milliseconds deadline = options.statement_deadline;
    const auto timeout = deadline - std::min(deadline / 10, milliseconds(1'000));
    // Compiling a plan costs more than any statement of ours takes.
    std::string settings = fmt::format(
        "SET statement_timeout = {}; SET idle_in_transaction_session_timeout = {};"
        "SET TimeZone = 'UTC'; SET DateStyle = 'ISO'; SET bytea_output = 'hex'; SET jit = off",
        timeout.count(), deadline.count());
    // A prepared statement keeps its plan: one made while a table was empty would read the table
    // whole until its statistics are gathered, long after the first load. Ours go by keys, whatever
    // the values: planning for each page's columns would copy all of them.
    if (options.pipeline)
        settings += "; SET enable_seqscan = off; SET enable_hashjoin = off;"
                    "SET enable_mergejoin = off; SET plan_cache_mode = force_generic_plan";
    return settings;
}

} // namespace

Connection::Connection(std::shared_ptr<State> state) : state_(std::move(state)) {}

Connection::~Connection() { state_->session.close(); }

asio::awaitable<std::unique_ptr<Connection>> Connection::open(asio::any_io_executor executor,
                                                              ConnectionOptions options)
{
    static std::atomic<int> last_number = 0;
    const int number = ++last_number;
    auto parameters = parameters_for(options, number);
    auto state = std::make_shared<State>(executor, std::move(options), number);
    co_await state->session.connect(std::move(parameters), state->options.connect_deadline);
    auto settings = session_settings(state->options);
    co_await run_text(state, std::move(settings));
    if (state->options.pipeline && PQenterPipelineMode(state->session.pg()) == 0)
        throw state->session.lost();
    co_return std::unique_ptr<Connection>(new Connection(std::move(state)));
}

asio::awaitable<Result> Connection::run(Statement statement, Params params)
{
    Script script;
    script.add(statement, std::move(params));
    return run_single(state_, std::move(script));
}

asio::awaitable<std::vector<Result>> Connection::run(Script script)
{
    return run_script(state_, std::move(script));
}

asio::awaitable<std::vector<Result>> Connection::run_simple(std::string sql)
{
    if (state_->options.pipeline)
        throw std::logic_error("run_simple needs a connection opened without a pipeline");
    return run_text(state_, std::move(sql));
}

asio::awaitable<std::string> Connection::next_notification()
{
    if (state_->options.pipeline)
        throw std::logic_error("notifications need a connection opened without a pipeline");
    return wait_for_notification(state_);
}

bool Connection::still_open() { return !state_->broken && state_->session.look(); }

int Connection::number() const { return state_->number; }

bool Connection::usable() const { return !state_->broken && state_->session.is_open(); }

bool Connection::in_transaction() const
{
    return state_->session.pg() && PQtransactionStatus(state_->session.pg()) != PQTRANS_IDLE;
}

int Connection::running() const { return state_->running; }

} // namespace crmsync::pg
