/*style*/ /*script*/
