#include "pg/exchange.hpp"

#include "pg/sqlstate.hpp"

#include <fmt/format.h>

#include <functional>
#include <stdexcept>
#include <utility>

namespace crmsync::pg {

namespace asio = boost::asio;

namespace {

std::string name_of(const Statement& statement)
{
    return statement.name.empty() ? "statement" : std::string(statement.name);
}

} // namespace

Failure failure_in(const PGresult* result, const std::string& where)
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

asio::awaitable<void> Exchange::send()
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

asio::awaitable<Answers> Exchange::collect()
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

void Exchange::prepare_if_new(std::size_t step)
{
    const auto& [statement, params] = script_.steps()[step];
    if (statement.name.empty())
        return;
    const std::string name(statement.name);
    Connection::State::Prepared meant{std::hash<std::string_view>()(statement.text),
                                      params.types()};
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

void Exchange::take(Answers& answers, const Expected& expected, ResultPointer result)
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
        Failure failure = failure_in(result.get(), name_of(statement));
        if (!answers.failure)
            answers.failure = std::move(failure);
        break;
    }
    default:
        throw std::logic_error(
            fmt::format("{}: a kind of statement that a pipeline cannot hold", statement.name));
    }
}

} // namespace crmsync::pg
