#include "store/transaction.hpp"

#include "base/failure.hpp"
#include "store/columns.hpp"
#include "store/statements.hpp"

#include <exception>
#include <utility>

namespace crmsync::store {

pg::Script transaction()
{
    pg::Script script;
    script.add(sql::begin);
    return script;
}

pg::Script transaction(Fence fence)
{
    pg::Script script = transaction();
    script.add(sql::fence, params(fence.mailbox, fence.holder, fence.epoch));
    return script;
}

pg::Script owning_transaction(Fence fence)
{
    pg::Script script = transaction();
    script.add(sql::fence_and_own, params(fence.mailbox, fence.holder, fence.epoch));
    return script;
}

pg::Script repeatable_transaction(Fence fence)
{
    pg::Script script = transaction(fence);
    script.add(sql::commit_without_waiting);
    return script;
}

boost::asio::awaitable<std::vector<pg::Result>> advance(pg::Connection& connection,
                                                        pg::Script script)
{
    std::exception_ptr failure;
    std::vector<pg::Result> results;
    try {
        results = co_await connection.run(std::move(script));
    } catch (const std::exception&) {
        failure = std::current_exception();
    }
    if (!failure)
        co_return results;
    if (connection.usable() && connection.in_transaction()) {
        try {
            co_await connection.run(sql::rollback);
        } catch (const Failure&) {
            // The connection is broken then, and the server rolls back by itself: the first
            // failure says more.
        }
    }
    std::rethrow_exception(failure);
}

boost::asio::awaitable<std::vector<pg::Result>> complete(pg::Connection& connection,
                                                         pg::Script script)
{
    script.add(sql::commit);
    std::vector<pg::Result> results = co_await advance(connection, std::move(script));
    // COMMIT of an aborted transaction is answered with ROLLBACK, and without an error.
    if (results.back().command_tag() != "COMMIT")
        throw Failure(Reaction::retry, "pg.not_committed", "the transaction was rolled back");
    results.pop_back();
    co_return results;
}

} // namespace crmsync::store
