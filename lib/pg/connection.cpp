#include "pg/connection.hpp"

#include "base/log.hpp"
#include "pg/session.hpp"
#include "pg/sqlstate.hpp"

#include <fmt/format.h>

#include <atomic>
#include <stdexcept>
#include <unordered_map>
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

struct Connection::State {
    State(const asio::any_io_executor& executor, ConnectionOptions opened_with, int own_number)
        : session(executor), options(std::move(opened_with)), number(own_number)
    {}

    /// What a name was prepared with. A name with two meanings would silently run the wrong one.
    struct Prepared {
        std::size_t text_hash;
        std::vector<unsigned> types;
        friend bool operator==(const Prepared&, const Prepared&) = default;
    };

    Session session;
    ConnectionOptions options;
    int number;
    int running = 0;
    bool broken = false;
    std::unordered_map<std::string, Prepared> prepared;
};

namespace {

using State = Connection::State;

/// One round trip. Leaving it before it is settled, by an exception or because the coroutine was
/// destroyed, leaves answers behind that nobody will read: the connection is of no more use.
class Call {
public:
    Call(State& state, milliseconds deadline) : state_(state)
    {
        if (state.running != 0)
            throw std::logic_error("a connection runs one call at a time");
        if (state.broken || !state.session.is_open())
            throw Failure(Reaction::retry, "pg.unreachable",
                          "the connection to the database is no longer usable");
        ++state.running;
        state.session.socket().set_deadline(deadline);
    }
    ~Call()
    {
        --state_.running;
        state_.session.socket().lift_deadline();
        if (!settled_)
            state_.broken = true;
    }
    Call(const Call&) = delete;
    Call& operator=(const Call&) = delete;

    void settle() { settled_ = true; }

private:
    State& state_;
    bool settled_ = false;
};

/// One answer that will come: of a Parse or of the statement at `step`.
struct Expected {
    std::size_t step;
    bool preparation;
};

struct Answers {
    std::vector<Result> results;
    std::optional<Failure> failure; ///< the first one
};

void note_step(const State& state, std::string_view step)
{
    if (state.options.step)
        state.options.step(step);
}

std::string name_of(const Statement& statement)
{
    return statement.name.empty() ? "statement" : std::string(statement.name);
}

/// Throws when the connection will not survive the error.
Failure read_error(const PGresult* result, const std::string& where)
{
    const char* code = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    const char* primary = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
    // Without a code libpq speaks for itself, and only when the connection is gone.
    if (!code) {
        const std::string_view message = PQresultErrorMessage(result);
        throw Failure(Reaction::retry, "pg.unreachable",
                      fmt::format("{}: {}", where, message.substr(0, message.find('\n'))));
    }
    Failure failure = failure_of(code, primary ? primary : "", where);
    const char* severity = PQresultErrorField(result, PG_DIAG_SEVERITY_NONLOCALIZED);
    const bool last_words = severity && std::string_view(severity) != "ERROR";
    if (last_words || std::string_view(code) == "26000")
        throw failure;
    return failure;
}

class Exchange {
public:
    Exchange(State& state, const Script& script) : state_(state), script_(script) {}

    asio::awaitable<void> send()
    {
        PGconn* pg = state_.session.pg();
        std::size_t unflushed = 0;
        const auto& steps = script_.steps();
        for (std::size_t i = 0; i < steps.size(); ++i) {
            prepare_if_new(i);
            const auto& [statement, params] = steps[i];
            const auto pointers = params.pointers();
            const auto lengths = params.lengths();
            const std::vector<int> binary(params.size(), 1);
            const int count = static_cast<int>(params.size());
            const int sent =
                statement.name.empty()
                    ? PQsendQueryParams(pg, statement.text.data(), count, params.types().data(),
                                        pointers.data(), lengths.data(), binary.data(), 0)
                    : PQsendQueryPrepared(pg, statement.name.data(), count, pointers.data(),
                                          lengths.data(), binary.data(), 0);
            if (sent == 0)
                throw state_.session.lost();
            expected_.push_back({i, false});

            // libpq would keep in memory whatever the socket does not take at once.
            for (const int length : lengths)
                unflushed += static_cast<std::size_t>(length);
            if (unflushed > 1'000'000) {
                co_await state_.session.flush();
                unflushed = 0;
            }
        }
        if (PQpipelineSync(pg) == 0)
            throw state_.session.lost();
        co_await state_.session.flush();
    }

    asio::awaitable<Answers> collect()
    {
        Answers answers;
        for (const Expected& expected : expected_) {
            auto result = co_await state_.session.next_result();
            take(answers, expected, std::move(result));
            // Each answer ends with a null.
            auto end = co_await state_.session.next_result();
            if (end)
                throw std::logic_error("a prepared statement gave more than one result");
        }
        auto sync = co_await state_.session.next_result();
        if (!sync || PQresultStatus(sync.get()) != PGRES_PIPELINE_SYNC)
            throw state_.session.lost();
        // Leaves libpq idle, which PQtransactionStatus wants.
        co_await state_.session.next_result();
        co_return answers;
    }

private:
    void prepare_if_new(std::size_t step)
    {
        const auto& [statement, params] = script_.steps()[step];
        if (statement.name.empty())
            return;
        const std::string name(statement.name);
        State::Prepared meant{std::hash<std::string_view>()(statement.text), params.types()};
        const auto known = state_.prepared.find(name);
        const auto on_its_way = preparing_.find(name);
        if (known == state_.prepared.end() && on_its_way == preparing_.end()) {
            if (PQsendPrepare(state_.session.pg(), statement.name.data(), statement.text.data(),
                              static_cast<int>(params.size()), params.types().data()) == 0)
                throw state_.session.lost();
            preparing_.emplace(name, std::move(meant));
            expected_.push_back({step, true});
        } else if ((known != state_.prepared.end() ? known->second : on_its_way->second) != meant) {
            throw std::logic_error(
                fmt::format("{}: used with another text or other parameter types", name));
        }
    }

    void take(Answers& answers, const Expected& expected, ResultPointer result)
    {
        const Statement& statement = script_.steps()[expected.step].statement;
        switch (result ? PQresultStatus(result.get()) : PGRES_FATAL_ERROR) {
        case PGRES_COMMAND_OK:
        case PGRES_TUPLES_OK:
        case PGRES_EMPTY_QUERY:
            if (expected.preparation)
                state_.prepared.insert(preparing_.extract(std::string(statement.name)));
            else
                answers.results.emplace_back(result.release(), name_of(statement));
            break;
        case PGRES_PIPELINE_ABORTED: // follows a failure; a preparation did not happen either
            break;
        case PGRES_FATAL_ERROR: {
            if (!result)
                throw state_.session.lost();
            Failure failure = read_error(result.get(), name_of(statement));
            if (!answers.failure)
                answers.failure = std::move(failure);
            break;
        }
        default:
            throw std::logic_error(
                fmt::format("{}: a kind of statement that a pipeline cannot hold", statement.name));
        }
    }

    State& state_;
    const Script& script_;
    std::vector<Expected> expected_;
    std::unordered_map<std::string, State::Prepared> preparing_;
};

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
                Failure failure = read_error(result.get(), "statement");
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
std::string session_settings(milliseconds deadline)
{
    const auto timeout = deadline - std::min(deadline / 10, milliseconds(1'000));
    return fmt::format("SET statement_timeout = {}; SET idle_in_transaction_session_timeout = {};"
                       "SET TimeZone = 'UTC'; SET DateStyle = 'ISO'; SET bytea_output = 'hex'",
                       timeout.count(), deadline.count());
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
    auto settings = session_settings(state->options.statement_deadline);
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
